// SPDX-License-Identifier: Apache-2.0
#include "net/endpoint.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>

#include "charmux/base/unique_fd.hpp"

namespace charmux::net {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

/// getaddrinfo(3) for a stream socket; on failure *error is its code.
AddressList lookup(const char* host, std::uint16_t port, int flags, int* error) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  *error = getaddrinfo(host, std::to_string(port).c_str(), &hints, &found);
  return {*error == 0 ? found : nullptr, &freeaddrinfo};
}

Endpoint from(const addrinfo& info) {
  Endpoint endpoint;
  std::memcpy(&endpoint.storage, info.ai_addr, info.ai_addrlen);
  endpoint.length = info.ai_addrlen;
  return endpoint;
}

/// Whether this machine speaks the family at all: IPv6 may be switched off.
bool kernel_has(int family) {
  const UniqueFd probe(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return probe || errno != EAFNOSUPPORT;
}

std::string inet_text(const Endpoint& endpoint) {
  char host[NI_MAXHOST] = "?";
  char port[NI_MAXSERV] = "?";
  getnameinfo(endpoint.raw(), endpoint.length, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
  return endpoint.family() == AF_INET6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace

std::optional<address::IpBytes> Endpoint::ip() const {
  address::IpBytes bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (length == 0 || (family() != AF_INET && family() != AF_INET6)) return std::nullopt;
  if (family() == AF_INET6)
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, bytes.size());
  else
    std::memcpy(bytes.data() + 12, &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, sizeof(in_addr));
  return bytes;
}

Endpoint peer_of(int fd) {
  Endpoint peer;
  peer.length = sizeof peer.storage;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer.storage), &peer.length) != 0) peer.length = 0;
  return peer;
}

Endpoint Endpoint::with_port(std::uint16_t port) const {
  Endpoint other = *this;
  if (family() == AF_INET) reinterpret_cast<sockaddr_in&>(other.storage).sin_port = htons(port);
  if (family() == AF_INET6) reinterpret_cast<sockaddr_in6&>(other.storage).sin6_port = htons(port);
  return other;
}

bool Endpoint::is_local() const {
  switch (family()) {
    case AF_INET: {
      const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
      return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
    }
    case AF_INET6: {
      const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
      return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0;
    }
    default: return true;
  }
}

std::string Endpoint::text() const {
  if (family() != AF_UNIX) return inet_text(*this);
  const auto& path = reinterpret_cast<const sockaddr_un&>(storage).sun_path;
  const std::size_t used = length - offsetof(sockaddr_un, sun_path);
  // An abstract name begins with NUL and is as long as the address says (unix(7)).
  if (used > 0 && path[0] == '\0') return "@" + std::string(path + 1, used - 1);
  return {path, strnlen(path, used)};
}

Result<Endpoint> endpoint(const address::SocketPath& path) {
  Endpoint out;
  auto& address = reinterpret_cast<sockaddr_un&>(out.storage);
  address.sun_family = AF_UNIX;
  const std::size_t shift = path.abstract ? 1 : 0;
  if (path.path.size() + 1 > sizeof address.sun_path)
    return failure("{} is too long for a UNIX socket: {} bytes at most", path.path, sizeof address.sun_path - 1);
  std::memcpy(address.sun_path + shift, path.path.data(), path.path.size());
  out.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.path.size() + 1);
  return out;
}

std::optional<Endpoint> literal_endpoint(const address::HostPort& at) {
  if (at.host == "*") return std::nullopt;  // glibc would give the loopback address
  int error = 0;
  const AddressList found = lookup(at.host.c_str(), at.port, AI_NUMERICHOST, &error);
  if (!found) return std::nullopt;
  return from(*found);
}

Result<std::vector<Endpoint>> resolve(const address::HostPort& at) {
  int error = 0;
  const bool any = at.host == "*";
  const AddressList found = lookup(any ? nullptr : at.host.c_str(), at.port, any ? AI_PASSIVE : 0, &error);
  if (!found) return failure("host {} cannot be found: {}", at.host, gai_strerror(error));
  std::vector<Endpoint> all;
  for (const addrinfo* info = found.get(); info != nullptr; info = info->ai_next)
    if (!any || kernel_has(info->ai_family)) all.push_back(from(*info));
  return all;
}

Result<std::vector<Endpoint>> resolve(const address::Place& at) {
  if (const auto* const host = std::get_if<address::HostPort>(&at)) return resolve(*host);
  return endpoint(std::get<address::SocketPath>(at)).map([](const Endpoint& one) { return std::vector{one}; });
}

}  // namespace charmux::net
