// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace charmux::config {

/// TCP ports from `low` (at least 1) to `high`, both included: a listener's `ports`. The console that bears number N is
/// at `low` + N - 1, if that is among them.
struct PortRange {
  std::uint16_t low = 1;
  std::uint16_t high = 1;
  [[nodiscard]] unsigned size() const { return high - low + 1U; }
  [[nodiscard]] bool holds(unsigned port) const { return low <= port && port <= high; }
  friend bool operator==(const PortRange&, const PortRange&) = default;
};

}  // namespace charmux::config
