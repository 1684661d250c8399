// SPDX-License-Identifier: Apache-2.0
#include "access/refusals.hpp"

#include <utility>

namespace charmux::access {
namespace {

constexpr std::array<const char*, 4> kCauses = {"wrong name or password", "too many tries from one address",
                                                "too many tries for one user", "too many logins wait"};

}  // namespace

Refusals::Refusals(loop::Loop& loop, Log& log, std::chrono::milliseconds pause) : log_(log), pause_(pause) {
  for (std::size_t cause = 0; cause < kNumber; ++cause)
    counted_[cause].pause = std::make_unique<loop::Timer>(loop, [this, cause] {
      if (say(cause)) counted_[cause].pause->start(pause_);
    });
}

Refusals::~Refusals() {
  for (std::size_t cause = 0; cause < kNumber; ++cause) say(cause);
}

void Refusals::refused(Cause cause, const std::string& who, const std::string& why) {
  Counted& counted = counted_[static_cast<std::size_t>(cause)];
  if (counted.pause->running()) {
    ++counted.more;
    return;
  }
  log_.warn("login of {} refused: {}", who, why);
  counted.pause->start(pause_);
}

bool Refusals::say(std::size_t cause) {
  const auto more = std::exchange(counted_[cause].more, 0);
  if (more == 0) return false;
  log_.warn("refused {} more logins: {}", more, kCauses[cause]);
  return true;
}

}  // namespace charmux::access
