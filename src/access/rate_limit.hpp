// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <string>
#include <string_view>

#include "charmux/base/units.hpp"

namespace charmux::access {

/// How often each of many may try: so many times at once, and then as often as these times fit into a minute. A value
/// without a clock; its owner's thread only. Kept as the time at which one's tries are all there again (the generic
/// cell rate algorithm, ITU-T I.371), so one that has them all is nobody to remember. At most kMost are remembered:
/// then whoever has not tried for the longest time begins anew.
class RateLimit {
 public:
  static constexpr std::size_t kMost = 4096;
  static constexpr std::chrono::nanoseconds kWindow = std::chrono::minutes(1);

  explicit RateLimit(std::size_t tries) : tries_(tries) {}
  RateLimit(const RateLimit&) = delete;
  RateLimit& operator=(const RateLimit&) = delete;

  /// Whether that one may try now; then one try less is left. `now` never goes back.
  [[nodiscard]] bool take(std::string_view who, MonoTime now);
  /// That one has all tries again.
  void give_back(std::string_view who);
  /// From now on that many in a minute; 0: none. What has been spent stays so.
  void set_tries(std::size_t tries) { tries_ = tries; }
  /// How many are remembered.
  [[nodiscard]] std::size_t size() const { return order_.size(); }

 private:
  struct Entry {
    std::string who;
    MonoTime whole;  ///< when all tries are there again
  };
  using Order = std::list<Entry>;

  void forget(Order::iterator entry);
  void forget_whole(MonoTime now);

  std::size_t tries_;
  Order order_;                                          ///< whoever tried last is first
  std::map<std::string_view, Order::iterator> entries_;  ///< keys are the entries' own
};

}  // namespace charmux::access
