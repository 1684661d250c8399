// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>

namespace charmux::test {

/// A process that has locked a pty as libvirt does for a console session (9.0, src/conf/virchrdev.c): the file is made,
/// then its pid is written into it; at the end it is removed.
class ConsoleSession {
 public:
  explicit ConsoleSession(std::string lock) : lock_(std::move(lock)) {
    int ready[2] = {-1, -1};
    REQUIRE(::pipe2(ready, O_CLOEXEC) == 0);
    pid_ = ::fork();
    REQUIRE(pid_ != -1);
    if (pid_ == 0) {
      // What it inherits would stay open.
      if (::dup2(ready[1], 3) != 3 || ::close_range(4, ~0U, 0) != 0) ::_exit(1);
      const int file = ::open(lock_.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0644);
      if (file < 0 || ::dprintf(file, "%10lld\n", static_cast<long long>(::getpid())) < 0) ::_exit(1);
      const ssize_t told = ::write(3, "", 1);
      while (told == 1) ::pause();
      ::_exit(1);
    }
    ::close(ready[1]);
    char byte = 0;
    const ssize_t got = ::read(ready[0], &byte, 1);
    ::close(ready[0]);
    REQUIRE(got == 1);
  }
  ConsoleSession(const ConsoleSession&) = delete;
  ConsoleSession& operator=(const ConsoleSession&) = delete;
  ~ConsoleSession() { end(); }

  /// In order.
  void end() {
    if (pid_ > 0) ::unlink(lock_.c_str());
    die();
  }
  /// Leaves its lock.
  void die() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  const std::string lock_;
  pid_t pid_ = -1;
};

}  // namespace charmux::test
