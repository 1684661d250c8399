// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "charmux/base/result.hpp"
#include "charmux/base/unique_fd.hpp"
#include "net/endpoint.hpp"

namespace charmux::net {

/// A UDP socket (non-blocking) that takes datagrams from `peer` alone, and from it all that come once this
/// has returned; bound to `bind`, or to where the kernel likes. Its receive buffer is as large as this process may make
/// it. Errors: `bind` is taken, is not this machine's or not allowed, with what to do; `peer` cannot be reached from
/// there. Their number is the errno.
[[nodiscard]] Result<UniqueFd> datagram_socket(const Endpoint& peer, const std::optional<Endpoint>& bind);

/// How many datagrams for this socket the kernel has thrown away so far, for want of room (SK_MEMINFO_DROPS, Linux
/// 4.12); 0 where it does not tell.
[[nodiscard]] std::uint32_t datagrams_dropped(int fd);

}  // namespace charmux::net
