// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "backend/line.hpp"
#include "charmux/base/unique_fd.hpp"
#include "kit/sink.hpp"
#include "kit/world.hpp"

namespace charmux::test {

/// A program that writes a log file, as QEMU or virtlogd does.
class LogWriter {
 public:
  /// `flags`: O_APPEND, or 0 for one that goes on at its own offset whatever others do to the file.
  explicit LogWriter(const std::string& path, int flags = O_APPEND)
      : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644)) {
    if (!fd_) std::abort();
  }
  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t put = ::write(fd_.get(), bytes.data(), bytes.size());
      if (put <= 0) std::abort();
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
  }

 private:
  UniqueFd fd_;
};

/// The backend for a log file, which the test writes.
struct AtFile {
  World world;
  std::string path = world.directory / "console.log";
  backend::Line file{world.loop, impatient(), fixed(address::File{path})};
  std::unique_ptr<RecordingSink> sink;

  /// `recorded`: its console has a history.
  void start(bool recorded = false) {
    sink = std::make_unique<RecordingSink>(file);
    sink->recorded = recorded;
  }
  void wait_for(backend::State state) {
    world.run_until("the backend's state", [&] { return sink->reached(state); });
  }
  void opened(bool recorded = false) {
    start(recorded);
    wait_for(backend::State::open);
  }
  void wait_received(std::string_view text) {
    world.run_until("that is read", [&] { return sink->received.size() >= text.size(); });
    CHECK(sink->received == text);
  }
};

}  // namespace charmux::test
