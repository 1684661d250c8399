// SPDX-License-Identifier: Apache-2.0
#include "access/rate_limit.hpp"

#include <algorithm>
#include <iterator>

namespace charmux::access {

bool RateLimit::take(std::string_view who, MonoTime now) {
  forget_whole(now);
  if (tries_ == 0) return false;
  const auto each = kWindow / static_cast<std::chrono::nanoseconds::rep>(tries_);
  const auto found = entries_.find(who);
  if (found == entries_.end()) {
    if (order_.size() == kMost) forget(std::prev(order_.end()));
    order_.push_front({std::string(who), now + each});
    entries_.emplace(order_.front().who, order_.begin());
    return true;
  }
  order_.splice(order_.begin(), order_, found->second);
  const MonoTime whole = std::max(found->second->whole, now) + each;
  if (whole - now > kWindow) return false;
  found->second->whole = whole;
  return true;
}

void RateLimit::give_back(std::string_view who) {
  if (const auto found = entries_.find(who); found != entries_.end()) forget(found->second);
}

void RateLimit::forget(Order::iterator entry) {
  entries_.erase(entry->who);
  order_.erase(entry);
}

/// Whoever has not tried for the longest time is last; behind one that still lacks tries there may be no whole one for
/// longer than a window.
void RateLimit::forget_whole(MonoTime now) {
  while (!order_.empty() && order_.back().whole <= now) forget(std::prev(order_.end()));
}

}  // namespace charmux::access
