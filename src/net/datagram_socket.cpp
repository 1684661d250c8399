// SPDX-License-Identifier: Apache-2.0
#include "net/datagram_socket.hpp"

#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "net/socket_options.hpp"

namespace charmux::net {
namespace {

/// Room for some seconds of a UART that sends each character in a datagram of its own: one costs the kernel 768 bytes.
constexpr int kReceiveBuffer = 8 * 1024 * 1024;

/// Nobody's datagrams are taken: a socket that is bound and not yet connected would take everybody's.
bool take_nothing(int fd) {
  sock_filter nothing{BPF_RET | BPF_K, 0, 0, 0};
  const sock_fprog program{1, &nothing};
  return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

void take_again(int fd) { set_option(fd, SOL_SOCKET, SO_DETACH_FILTER, 0); }

std::string remedy(int error_number) {
  switch (error_number) {
    case EADDRINUSE: return "another socket has that port (see `ss -lunp`); stop its program or choose another port";
    case EACCES:
    case EPERM: return "no permission; run as root, or choose a port above 1023";
    case EADDRNOTAVAIL: return "no interface of this machine has that address; see `ip addr`";
    default: return errno_text(error_number);
  }
}

/// SO_REUSEADDR is not set: with it, another program could take the port over.
Status bind_to(int fd, const Endpoint& at) {
  if (at.family() == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (::bind(fd, at.raw(), at.length) == 0) return {};
  const int error = errno;
  return tl::unexpected(Error{fmt::format("cannot take datagrams at udp {}: {}", at.text(), remedy(error)), error});
}

}  // namespace

Result<UniqueFd> datagram_socket(const Endpoint& peer, const std::optional<Endpoint>& bind) {
  UniqueFd fd(::socket(peer.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd || !take_nothing(fd.get())) {
    const int error = errno;
    return tl::unexpected(Error{fmt::format("no UDP socket can be made: {}", errno_text(error)), error});
  }
  // The first is for root alone, the second as much as net.core.rmem_max allows.
  set_option(fd.get(), SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  set_option(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, kReceiveBuffer);
  if (bind)
    if (const Status bound = bind_to(fd.get(), *bind); !bound) return tl::unexpected(bound.error());
  if (::connect(fd.get(), peer.raw(), peer.length) != 0) {
    const int error = errno;
    return tl::unexpected(Error{fmt::format("udp {}: {}", peer.text(), errno_text(error)), error});
  }
  take_again(fd.get());
  return fd;
}

std::uint32_t datagrams_dropped(int fd) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> figures{};
  socklen_t length = sizeof figures;
  if (::getsockopt(fd, SOL_SOCKET, SO_MEMINFO, figures.data(), &length) != 0) return 0;
  return length < sizeof figures ? 0 : figures[SK_MEMINFO_DROPS];
}

}  // namespace charmux::net
