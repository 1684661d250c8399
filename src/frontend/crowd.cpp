// SPDX-License-Identifier: Apache-2.0
#include "frontend/crowd.hpp"

namespace charmux::frontend {

std::size_t Crowd::count(const std::string& kind) const {
  const auto at = counts_.find(kind);
  return at == counts_.end() ? 0 : at->second;
}

Crowd::Entry Crowd::enter(std::span<const Limit> limits) {
  std::vector<std::string> kinds;
  for (const Limit& each : limits) {
    if (each.most == 0) continue;
    if (count(each.kind) >= each.most) return {nullptr, &each};
    kinds.push_back(each.kind);
  }
  if (kinds.empty()) return {};
  for (const std::string& kind : kinds) ++counts_[kind];
  return {std::make_unique<Seat>(*this, std::move(kinds)), nullptr};
}

Crowd::Ticket Crowd::both(Ticket one, Ticket other) {
  if (!one || !other) return one ? std::move(one) : std::move(other);
  other->with_ = both(std::move(one), std::move(other->with_));
  return other;
}

Crowd::Seat::~Seat() {
  for (const std::string& kind : kinds_) {
    const auto at = crowd_.counts_.find(kind);
    if (--at->second == 0) crowd_.counts_.erase(at);
  }
}

}  // namespace charmux::frontend
