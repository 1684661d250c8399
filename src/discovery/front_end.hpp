// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "discovery/facts.hpp"
#include "discovery/guest.hpp"

namespace charmux::discovery {

/// All chardevs of a guest as Guest::chardevs has them: which are consoles, in which place, and why the others are not
/// offered. Positions: isa-serial by `index`, behind them the board's other UARTs and then those added to it, each by
/// QOM path; virtio consoles by bus and number, those of other kinds by path behind them.
[[nodiscard]] std::vector<Chardev> chardevs_of(const GuestFacts& facts);

/// Whether a QOM path comes before another: as text, but numbers by their value ("device[9]" before "device[10]").
[[nodiscard]] bool path_before(std::string_view a, std::string_view b);

}  // namespace charmux::discovery
