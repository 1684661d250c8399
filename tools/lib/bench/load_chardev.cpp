// SPDX-License-Identifier: Apache-2.0
#include "load_chardev.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "load_fail.hpp"

namespace bench {
namespace {

/// What may wait for the multiplexer: enough for as long as a turn of reading viewers takes, so that it need not wait.
constexpr int kQueue = 256 * 1024;

void listen_at(int fd, const sockaddr* at, socklen_t length, const std::string& place) {
  if (::bind(fd, at, length) != 0 || ::listen(fd, 1) != 0) fail("cannot listen at {}: {}", place, strerror(errno));
}

}  // namespace

Chardev::Chardev(const std::string& address) {
  const std::size_t colon = address.find(':');
  const std::string kind = address.substr(0, colon);
  const std::string place = colon == std::string::npos ? "" : address.substr(colon + 1);
  if (kind == "unix")
    listen_unix(place);
  else if (kind == "tcp")
    listen_tcp(place);
  else if (kind == "pty")
    open_pty(place);
  else
    fail("{} is no chardev: use unix:PATH, pty:PATH or tcp:PORT", address);
}

Chardev::~Chardev() {
  for (const int fd : {listener_, connection_, slave_})
    if (fd >= 0) ::close(fd);
  if (!path_.empty()) ::unlink(path_.c_str());
}

void Chardev::listen_unix(const std::string& path) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof at.sun_path) fail("'{}' is no path of a UNIX socket", path);
  path.copy(at.sun_path, path.size());
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  ::unlink(path.c_str());
  listen_at(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof at, path);
  path_ = path;
}

void Chardev::listen_tcp(const std::string& port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<in_port_t>(std::strtoul(port.c_str(), nullptr, 10)));
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  listen_at(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof at, "port " + port);
}

void Chardev::open_pty(const std::string& path) {
  connection_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  std::array<char, 64> name{};
  if (connection_ < 0 || ::grantpt(connection_) != 0 || ::unlockpt(connection_) != 0 ||
      ::ptsname_r(connection_, name.data(), name.size()) != 0)
    fail("no pty: {}", strerror(errno));
  slave_ = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  termios settings{};
  ::tcgetattr(slave_, &settings);
  ::cfmakeraw(&settings);
  ::tcsetattr(slave_, TCSANOW, &settings);
  ::unlink(path.c_str());
  if (::symlink(name.data(), path.c_str()) != 0) fail("cannot make the symlink {}: {}", path, strerror(errno));
  path_ = path;
}

void Chardev::accept() {
  if (open()) return;
  connection_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (connection_ < 0) return;
  ::setsockopt(connection_, SOL_SOCKET, SO_SNDBUF, &kQueue, sizeof kQueue);
  const int on = 1;
  ::setsockopt(connection_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // of a UNIX socket: no such option
}

std::size_t Chardev::print(std::string_view bytes) {
  const ssize_t written = ::write(connection_, bytes.data(), bytes.size());
  if (written < 0 && errno != EAGAIN) fail("the multiplexer has closed the chardev: {}", strerror(errno));
  return written < 0 ? 0 : static_cast<std::size_t>(written);
}

void Chardev::drain() {
  std::array<char, 4096> typed;
  while (true) {
    const ssize_t size = ::read(connection_, typed.data(), typed.size());
    if (size > 0) continue;
    if (size == 0 || (errno != EAGAIN && errno != EINTR)) fail("the multiplexer has closed the chardev");
    return;
  }
}

}  // namespace bench
