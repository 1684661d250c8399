// SPDX-License-Identifier: Apache-2.0
#include "console/writer_lock.hpp"

#include <algorithm>
#include <utility>

namespace charmux::console {

bool WriterLock::attach(Id viewer) {
  if (!holder_) holder_ = viewer;
  return holder_ == viewer;
}

bool WriterLock::type(Id viewer) {
  if (attach(viewer)) return true;
  if (std::find(waiting_.begin(), waiting_.end(), viewer) == waiting_.end()) waiting_.push_back(viewer);
  return false;
}

std::optional<WriterLock::Id> WriterLock::seize(Id viewer) {
  std::erase(waiting_, viewer);
  const std::optional<Id> before = std::exchange(holder_, viewer);
  if (!before || before == viewer) return std::nullopt;
  waiting_.push_back(*before);
  return before;
}

std::optional<WriterLock::Id> WriterLock::leave(Id viewer) {
  std::erase(waiting_, viewer);
  if (holder_ != viewer) return std::nullopt;
  holder_.reset();
  if (waiting_.empty()) return std::nullopt;
  holder_ = waiting_.front();
  waiting_.pop_front();
  return holder_;
}

}  // namespace charmux::console
