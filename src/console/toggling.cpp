// SPDX-License-Identifier: Apache-2.0
#include "console/toggling.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace charmux::console {

std::optional<std::string> Toggling::news(const std::string& sentence, MonoTime now) {
  const bool known = std::find(said_.begin(), said_.end(), sentence) != said_.end();
  if (toggles() && known && now - said_at_ < kPause) {
    ++unsaid_;
    return std::nullopt;
  }
  if (said_.size() == kMostSaid) said_.clear();
  if (!known) said_.push_back(sentence);
  said_at_ = now;
  const unsigned unsaid = std::exchange(unsaid_, 0);
  return unsaid == 0 ? sentence : fmt::format("{}; {} changes before were not logged", sentence, unsaid);
}

}  // namespace charmux::console
