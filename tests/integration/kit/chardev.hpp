// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "kit/connection.hpp"

namespace charmux::test {

/// An emulated QEMU chardev with server=on: a listening socket from which connections are taken when the test says so.
class ChardevServer {
 public:
  explicit ChardevServer(const At& at, int backlog = 16) : fd_(at.socket()) {
    const int on = 1;
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(fd_.get(), at.raw(), at.length) != 0 || ::listen(fd_.get(), backlog) != 0) std::abort();
    ::fcntl(fd_.get(), F_SETFL, O_NONBLOCK);
  }
  /// The port that the kernel chose.
  [[nodiscard]] int port() const {
    At at;
    at.length = sizeof at.storage;
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&at.storage), &at.length);
    return ntohs(reinterpret_cast<const sockaddr_in&>(at.storage).sin_port);
  }
  /// The next connection, if there is one.
  [[nodiscard]] Connection accept() {
    UniqueFd client(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    return client ? Connection(std::move(client)) : Connection();
  }
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
};

/// An emulated `-chardev pty`: the test holds the master, as QEMU does, and sets it raw, as QEMU does.
class PtyMaster : public Connection {
 public:
  PtyMaster() : PtyMaster(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {}
  [[nodiscard]] const std::string& slave() const { return slave_; }

 private:
  explicit PtyMaster(int fd) : Connection(UniqueFd(fd)) {
    char name[64] = "";
    if (::grantpt(fd) != 0 || ::unlockpt(fd) != 0 || ::ptsname_r(fd, name, sizeof name) != 0) std::abort();
    slave_ = name;
    termios settings{};
    ::tcgetattr(fd, &settings);
    ::cfmakeraw(&settings);
    ::tcsetattr(fd, TCSAFLUSH, &settings);
  }
  std::string slave_;
};

}  // namespace charmux::test
