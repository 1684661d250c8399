// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "charmux/base/result.hpp"

namespace charmux::address {

/// The most bytes of a UNIX socket's path, or of an abstract name: sun_path has 108, one is the NUL (unix(7)).
inline constexpr std::size_t kMostSocketPath = 107;

/// A TCP place. The host is a name (lower case), an IPv4 address, an IPv6 address without brackets in its shortest
/// spelling (a %zone may follow), or "*": every address of both families, for listeners only.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const HostPort&, const HostPort&) = default;
};

/// A UNIX stream socket: an absolute path, or a name in the abstract namespace (without the '@').
struct SocketPath {
  std::string path;
  bool abstract = false;
  friend bool operator==(const SocketPath&, const SocketPath&) = default;
};

using Place = std::variant<HostPort, SocketPath>;

/// Which end of a connection a place is for: "*" is a place to listen at only.
enum class Side { connect, listen };

/// Reads `host:port`, `/path` or `@abstract`; opens and resolves nothing. Errors name the part that is wrong and what
/// to write instead.
[[nodiscard]] Result<Place> parse_place(std::string_view place, Side side);
/// Reads `host:port` alone, errors as above.
[[nodiscard]] Result<HostPort> parse_host_port(std::string_view text, Side side);
/// Reads a host to listen at, without a port: that of the result is 0. Errors as above, and a port that is there.
[[nodiscard]] Result<HostPort> parse_listen_host(std::string_view text);
/// Reads `/path` or `@abstract` alone, errors as above.
[[nodiscard]] Result<SocketPath> parse_socket_path(std::string_view text);

/// The text that reads back as the same place inside an address: `[v6]:port`, commas doubled.
[[nodiscard]] std::string to_text(const HostPort& at);
[[nodiscard]] std::string to_text(const SocketPath& at);
[[nodiscard]] std::string to_text(const Place& at);
/// Its host alone: `[v6]`, or what parse_listen_host reads back.
[[nodiscard]] std::string host_text(const HostPort& at);

/// Whether the host is written as one that only this machine reaches: 127.0.0.0/8, ::1 or "localhost". Of any other
/// name only a resolver knows; see is_name.
[[nodiscard]] bool is_loopback(const HostPort& at);
/// Whether the host is a name, which has to be resolved before anything can be said of where it leads.
[[nodiscard]] bool is_name(const HostPort& at);

/// Whether the two cannot both be listened at: the same place, or one is every address that the other is one of. Names
/// are compared as written.
[[nodiscard]] bool overlap(const Place& a, const Place& b);

}  // namespace charmux::address
