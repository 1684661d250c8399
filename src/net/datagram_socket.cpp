// SPDX-License-Identifier: Apache-2.0
#include "net/datagram_socket.hpp"

#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

#include "net/socket_options.hpp"

namespace charmux::net {
namespace {

/// Room for some seconds of a UART that sends each character in a datagram of its own: one costs the kernel 768 bytes.
constexpr int kReceiveBuffer = 8 * 1024 * 1024;
/// The network of all IPv4 addresses, as IPv6 writes it (RFC 4291 section 2.5.5.2).
constexpr address::IpBytes kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned kMappedBits = 96;

/// A socket that is bound and not yet connected would take everybody's datagrams.
std::vector<sock_filter> take_nothing() { return {BPF_STMT(BPF_RET | BPF_K, 0)}; }

/// connect() does not wait for a stranger's datagrams that are being given to the socket on another CPU, so that this
/// stays. A UDP socket's filter sees the UDP header first.
std::vector<sock_filter> take_from(const Endpoint& peer) {
  const address::IpBytes ip = *peer.ip();
  const bool v4 = address::contains({kMapped, kMappedBits}, ip);
  const auto source_in_ip = static_cast<int>(v4 ? offsetof(iphdr, saddr) : offsetof(ip6_hdr, ip6_src));
  const auto source_at = static_cast<std::uint32_t>(SKF_NET_OFF + source_in_ip);
  std::vector<sock_filter> filter;
  const auto demand = [&filter](std::uint16_t size, std::uint32_t at, std::uint32_t value) {
    filter.push_back(BPF_STMT(static_cast<std::uint16_t>(BPF_LD | BPF_ABS | size), at));
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, 0));
  };
  demand(BPF_H, offsetof(udphdr, source), ntohs(reinterpret_cast<const sockaddr_in&>(peer.storage).sin_port));
  for (std::size_t word = v4 ? 3 : 0; word < 4; ++word) {
    std::uint32_t value = 0;
    std::memcpy(&value, &ip[word * 4], 4);
    demand(BPF_W, source_at + static_cast<std::uint32_t>(word - (v4 ? 3 : 0)) * 4, ntohl(value));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, 0xFFFF'FFFF));
  return filter;
}

bool set_filter(int fd, std::vector<sock_filter> filter) {
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

Error no_socket() {
  const int error = errno;
  return {fmt::format("no UDP socket can be made: {}", errno_text(error)), error};
}

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
  if (!fd || !set_filter(fd.get(), take_nothing())) return tl::unexpected(no_socket());
  // The first is for root alone, the second as much as net.core.rmem_max allows.
  set_option(fd.get(), SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  set_option(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, kReceiveBuffer);
  if (bind)
    if (const Status bound = bind_to(fd.get(), *bind); !bound) return tl::unexpected(bound.error());
  if (::connect(fd.get(), peer.raw(), peer.length) != 0) {
    const int error = errno;
    return tl::unexpected(Error{fmt::format("udp {}: {}", peer.text(), errno_text(error)), error});
  }
  // As it is now: one connected to 0.0.0.0 has 127.0.0.1 for its peer.
  if (!set_filter(fd.get(), take_from(peer_of(fd.get())))) return tl::unexpected(no_socket());
  return fd;
}

std::uint32_t datagrams_dropped(int fd) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> figures{};
  socklen_t length = sizeof figures;
  if (::getsockopt(fd, SOL_SOCKET, SO_MEMINFO, figures.data(), &length) != 0) return 0;
  return length < sizeof figures ? 0 : figures[SK_MEMINFO_DROPS];
}

}  // namespace charmux::net
