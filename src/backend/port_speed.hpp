// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace charmux::backend {

/// The speed of a port in baud, both of those that have a name and of others (TCGETS2); nullopt: it cannot be told.
[[nodiscard]] std::optional<std::uint32_t> port_speed(int fd);

/// Sets any speed but 0, both ways (TCSETS2); `name` is its B... (0: it has none), by which programs see it that know
/// no others. What the driver makes of it is what port_speed() says afterwards.
void set_port_speed(int fd, std::uint32_t baud, unsigned name);

}  // namespace charmux::backend
