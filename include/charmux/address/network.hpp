// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "charmux/base/result.hpp"

namespace charmux::address {

/// An IP address as 16 bytes; IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).
using IpBytes = std::array<std::uint8_t, 16>;

/// The addresses that begin with the same bits (RFC 4632, RFC 4291 section 2.3).
struct Network {
  IpBytes address{};
  unsigned prefix = 128;  ///< bits; of an IPv4 network 96 more than are written.
  friend bool operator==(const Network&, const Network&) = default;
};

/// "10.0.0.0/8", "192.0.2.7", "fd00::/8", "::1". Error: no address, too many bits, or bits set behind the prefix.
[[nodiscard]] Result<Network> parse_network(std::string_view text);
[[nodiscard]] std::string to_text(const Network& network);
[[nodiscard]] bool contains(const Network& network, const IpBytes& address);

}  // namespace charmux::address
