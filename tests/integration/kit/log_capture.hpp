// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

#include "charmux/base/unique_fd.hpp"

namespace charmux::test {

/// While it lives, what goes to stderr (the Log) goes to a file that the test reads. Comes after the World in a test,
/// so that what the Loop has to say at its end is seen.
class LogCapture {
 public:
  explicit LogCapture(const std::string& path)
      : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600)), before_(::dup(2)) {
    if (::dup2(file_.get(), 2) < 0) std::abort();
  }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;
  ~LogCapture() {
    ::dup2(before_.get(), 2);
    // A sanitizer's report must not be lost with it.
    const std::string all = text();
    if (all.find("ERROR: ") != std::string::npos) (void)!::write(2, all.data(), all.size());
  }
  /// All that was written so far.
  [[nodiscard]] std::string text() const {
    std::string all;
    std::array<char, 4096> room;
    for (ssize_t got = 0; (got = ::pread(file_.get(), room.data(), room.size(), static_cast<off_t>(all.size()))) > 0;)
      all.append(room.data(), static_cast<std::size_t>(got));
    return all;
  }
  [[nodiscard]] bool has(std::string_view part) const { return text().find(part) != std::string::npos; }
  [[nodiscard]] int count(std::string_view part) const {
    const std::string all = text();
    int times = 0;
    for (std::size_t at = 0; (at = all.find(part, at)) != std::string::npos; at += part.size()) ++times;
    return times;
  }

 private:
  UniqueFd file_;
  UniqueFd before_;
};

}  // namespace charmux::test
