// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "charmux/base/unique_fd.hpp"

namespace charmux::test {

/// One end of a byte stream that a test emulates: a client's socket, a chardev's, or the master of a pty. Never waits:
/// poll() moves what can be moved now, so it belongs in what run_until() looks at. It uses read(2) and write(2), which
/// no mock here touches.
class Connection {
 public:
  Connection() = default;
  explicit Connection(UniqueFd fd) : fd_(std::move(fd)) {
    ::fcntl(fd_.get(), F_SETFL, ::fcntl(fd_.get(), F_GETFL) | O_NONBLOCK);
  }
  Connection(Connection&&) = default;
  Connection& operator=(Connection&&) = default;

  /// Queues bytes to be sent as the other side takes them.
  void write(std::string_view bytes) {
    unsent_ += bytes;
    flush();
  }
  void poll() {
    flush();
    while (take(std::size_t{64} * 1024) > 0) {
    }
  }
  /// Sends what can be sent and reads nothing.
  void flush() {
    std::size_t sent = 0;
    while (fd_ && sent < unsent_.size()) {
      const ssize_t result = ::write(fd_.get(), unsent_.data() + sent, unsent_.size() - sent);
      if (result <= 0) break;
      sent += static_cast<std::size_t>(result);
    }
    unsent_.erase(0, sent);
  }
  /// Reads at most `most` bytes; how many it got.
  std::size_t take(std::size_t most) {
    if (!fd_ || ended_) return 0;
    std::array<char, std::size_t{64} * 1024> room;
    const ssize_t got = ::read(fd_.get(), room.data(), std::min(most, room.size()));
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    ended_ = got <= 0;
    error_ = got < 0 ? errno : 0;
    if (got <= 0) return 0;
    received_.append(room.data(), static_cast<std::size_t>(got));
    return static_cast<std::size_t>(got);
  }
  [[nodiscard]] const std::string& received() const { return received_; }
  /// What was received so far, to be looked at once.
  [[nodiscard]] std::string take_received() { return std::exchange(received_, {}); }
  [[nodiscard]] bool all_sent() const { return unsent_.empty(); }
  [[nodiscard]] std::size_t unsent() const { return unsent_.size(); }
  /// The other side has closed, or reset; the errno of the latter.
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] bool is_tcp() const {
    int family = AF_UNSPEC;
    socklen_t length = sizeof family;
    ::getsockopt(fd_.get(), SOL_SOCKET, SO_DOMAIN, &family, &length);
    return family == AF_INET || family == AF_INET6;
  }
  [[nodiscard]] explicit operator bool() const { return static_cast<bool>(fd_); }

  /// The descriptor, for whoever speaks otherwise.
  [[nodiscard]] UniqueFd give_away() && { return std::move(fd_); }

  void half_close() { ::shutdown(fd_.get(), SHUT_WR); }
  void close() { fd_.reset(); }
  /// Closes so that the other side gets ECONNRESET.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    fd_.reset();
  }

 private:
  UniqueFd fd_;
  std::string unsent_;
  std::string received_;
  bool ended_ = false;
  int error_ = 0;
};

/// The kernel's address of a UNIX path, or of a port on the loopback of a family.
struct At {
  sockaddr_storage storage{};
  socklen_t length = 0;

  static At path(const std::string& path) {
    At at;
    auto& address = reinterpret_cast<sockaddr_un&>(at.storage);
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    at.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
    return at;
  }
  static At port(int port, int family = AF_INET) {
    At at;
    if (family == AF_INET6) {
      auto& address = reinterpret_cast<sockaddr_in6&>(at.storage);
      address.sin6_family = AF_INET6;
      address.sin6_addr = in6addr_loopback;
      address.sin6_port = htons(static_cast<std::uint16_t>(port));
      at.length = sizeof address;
    } else {
      auto& address = reinterpret_cast<sockaddr_in&>(at.storage);
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      address.sin_port = htons(static_cast<std::uint16_t>(port));
      at.length = sizeof address;
    }
    return at;
  }
  [[nodiscard]] const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] UniqueFd socket() const { return UniqueFd(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)); }
};

/// Connects, which on loopback is done at once when somebody listens. `receive_buffer`: bytes of the kernel's queue for
/// one that will read slowly; 0 is the kernel's own choice.
inline Connection connect_to(const At& at, int receive_buffer = 0) {
  UniqueFd fd = at.socket();
  if (receive_buffer > 0) ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (::connect(fd.get(), at.raw(), at.length) != 0) return {};
  return Connection(std::move(fd));
}

}  // namespace charmux::test
