// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <vector>

#include "charmux/address/network.hpp"
#include "charmux/address/place.hpp"
#include "charmux/base/result.hpp"

namespace charmux::net {

/// A socket address as the kernel takes it.
struct Endpoint {
  sockaddr_storage storage{};
  socklen_t length = 0;

  [[nodiscard]] int family() const { return storage.ss_family; }
  [[nodiscard]] const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
  /// IPv4 127.0.0.0/8, IPv6 ::1, or a UNIX socket.
  [[nodiscard]] bool is_local() const;
  /// "127.0.0.1:7001", "[::1]:7001", "/run/c1.sock", "@c1".
  [[nodiscard]] std::string text() const;
  /// Its IP address; none: it is a UNIX socket.
  [[nodiscard]] std::optional<address::IpBytes> ip() const;
  /// The same host at another port; not for UNIX sockets.
  [[nodiscard]] Endpoint with_port(std::uint16_t port) const;
};

/// The other end of a connected socket; of length 0 when it has gone.
[[nodiscard]] Endpoint peer_of(int fd);

/// The endpoint of a UNIX socket. Error: the path is too long for the kernel (107 bytes).
[[nodiscard]] Result<Endpoint> endpoint(const address::SocketPath& path);

/// The endpoint of a host that is written as a number; nullopt for a name or "*", which must be resolved.
[[nodiscard]] std::optional<Endpoint> literal_endpoint(const address::HostPort& at);

/// All addresses of a host, a name being looked up: blocks, so never on the loop once it runs. "*" gives the wildcard
/// of both families. Error: the name is not known, with the resolver's reason.
[[nodiscard]] Result<std::vector<Endpoint>> resolve(const address::HostPort& at);
/// The same for a place of any kind.
[[nodiscard]] Result<std::vector<Endpoint>> resolve(const address::Place& at);

}  // namespace charmux::net
