// SPDX-License-Identifier: Apache-2.0
#include "load_connect.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "load_fail.hpp"

namespace bench {
namespace {

constexpr std::size_t kSources = 8;

sockaddr_in at(in_addr_t address, int port) {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(static_cast<in_port_t>(port));
  place.sin_addr.s_addr = address;
  return place;
}

}  // namespace

int Place::try_connect(std::size_t number) const { return connect(number, 0); }

int Place::begin_connect(std::size_t number) const { return connect(number, SOCK_NONBLOCK); }

int Place::connect(std::size_t number, int flags) const {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd < 0) fail("no socket for client {}: {}", number, strerror(errno));
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (many_) {
    // The port is chosen when it connects: by then the kernel knows that only the pair has to be free.
    ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    const sockaddr_in source = at(htonl(INADDR_LOOPBACK + 1 + static_cast<in_addr_t>(number % kSources)), 0);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0)
      fail("no source address for client {}: {}", number, strerror(errno));
  }
  const sockaddr_in there = at(::inet_addr(address_.c_str()), port_);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0 || errno == EINPROGRESS) return fd;
  if (errno != ECONNREFUSED) fail("client {} cannot connect: {}", number, strerror(errno));
  ::close(fd);
  return -1;
}

void raise_open_files() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace bench
