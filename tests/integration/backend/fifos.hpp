// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "kit/connection.hpp"

namespace charmux::test {

inline void make_fifo(const std::string& path) {
  if (::mkfifo(path.c_str(), 0600) != 0) std::abort();
}

/// A FIFO as QEMU has it open, for both directions; what the test does not write it does not read either.
inline Connection open_fifo(const std::string& path) {
  return Connection(UniqueFd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)));
}

/// How often this process has it open: a FIFO's owner is told nothing of who else has it.
inline int times_open(const std::string& path) {
  int times = 0;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(each.path(), gone) == path) ++times;
  }
  return times;
}

}  // namespace charmux::test
