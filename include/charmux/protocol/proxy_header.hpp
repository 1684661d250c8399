// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "charmux/base/bytes.hpp"
#include "charmux/base/result.hpp"

namespace charmux::protocol {

/// The longest header that is read: version 1 has at most 107 bytes, and of version 2 nobody sends more than 16 and 520
/// of addresses and TLVs.
inline constexpr std::size_t kLongestProxyHeader = 536;

/// What a proxy says of its client before it passes anything on ("The PROXY protocol, versions 1 & 2", haproxy.org).
struct ProxyHeader {
  std::size_t length = 0;  ///< its bytes; the client's own follow.
  /// "192.0.2.7:40001", "[2001:db8::7]:40001"; none: the proxy speaks for itself (LOCAL), or does not know (UNKNOWN, or
  /// an address of another kind).
  std::optional<std::string> client{};
  friend bool operator==(const ProxyHeader&, const ProxyHeader&) = default;
};

/// The header at the beginning of what was received; none: it is not whole yet. TLVs are skipped. Error: it is no such
/// header, or a wrong one; a clause about its sender.
[[nodiscard]] Result<std::optional<ProxyHeader>> read_proxy_header(BytesView received);

/// How many more bytes are sure to be the header's, whose good beginning that is; at least one. What stands behind it
/// is another reader's (TLS, say), so no more than that is to be read at once.
[[nodiscard]] std::size_t proxy_header_needs(BytesView beginning);

}  // namespace charmux::protocol
