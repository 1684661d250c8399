// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "kit/connection.hpp"

namespace charmux::test {

/// A UDP socket on loopback that a test plays: QEMU's `-chardev udp`, or a stranger. Never waits.
class Datagrams {
 public:
  /// At `port` (0: the kernel chooses), sends to `to`.
  Datagrams(int port, int to, int family = AF_INET)
      : fd_(::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), to_(At::port(to, family)) {
    const At at = At::port(port, family);
    if (::bind(fd_.get(), at.raw(), at.length) != 0) std::abort();
  }
  /// Sends one datagram. False: there is no room for it, or nobody.
  bool send(std::string_view bytes) {
    return ::sendto(fd_.get(), bytes.data(), bytes.size(), 0, to_.raw(), to_.length) ==
           static_cast<ssize_t>(bytes.size());
  }
  /// Takes what has come.
  void poll() {
    std::array<char, std::size_t{64} * 1024> room;
    ssize_t got = 0;
    while ((got = ::recv(fd_.get(), room.data(), room.size(), 0)) >= 0) {
      sizes.push_back(static_cast<std::size_t>(got));
      received.append(room.data(), static_cast<std::size_t>(got));
    }
  }

  std::string received;
  std::vector<std::size_t> sizes;  ///< of each datagram

 private:
  UniqueFd fd_;
  At to_;
};

}  // namespace charmux::test
