// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "charmux/base/bytes.hpp"
#include "charmux/base/units.hpp"

namespace charmux::console {

/// How fast one writer's input may go to the guest: so many bytes a second, and nothing for a while after each CR (0D).
/// The rate is exact on the average: a byte that goes late makes no other late, unless by more than kCatchUp. A value
/// without a clock.
class InputPace {
 public:
  struct Settings {
    std::uint64_t rate = 0;  ///< bytes a second; 0: any number
    std::chrono::milliseconds cr_delay{0};
    [[nodiscard]] bool none() const { return rate == 0 && cr_delay.count() == 0; }
  };
  /// The most that is made good at once of the time in which nothing went, though it might have.
  static constexpr std::chrono::milliseconds kCatchUp{50};

  explicit InputPace(const Settings& settings) : settings_(settings) {}

  /// How many of these bytes, which come next, may go now.
  [[nodiscard]] std::size_t allowed(BytesView next, MonoTime now) const;
  /// These have gone.
  void gave(BytesView bytes, MonoTime now);
  /// There is something to give after a pause, for which nothing is made good.
  void begins(MonoTime now) { free_at_ = std::max(free_at_, now); }
  /// When the next byte may go.
  [[nodiscard]] MonoTime free_at() const { return free_at_; }

 private:
  void pass(std::byte byte, MonoTime now);

  Settings settings_;
  MonoTime free_at_{};
  std::uint64_t rest_ = 0;  ///< of a nanosecond, in parts of 1 / rate.
};

}  // namespace charmux::console
