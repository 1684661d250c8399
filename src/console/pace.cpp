// SPDX-License-Identifier: Apache-2.0
#include "console/pace.hpp"

#include <algorithm>
#include <utility>

#include "charmux/history/ring.hpp"
#include "console/viewer.hpp"

namespace charmux::console {
namespace {

/// Later than this, a timer says that the loop stood still.
constexpr std::chrono::milliseconds kLate{5};

}  // namespace

Pace::Pace(const Terms& terms, loop::Loop& loop, const std::vector<Viewer*>& readers, backend::Backend& backend)
    : terms_(terms),
      window_(terms.ring / history::Ring::kWindows),
      readers_(readers),
      backend_(backend),
      timer_(loop, [this] { look(); }) {}

bool Pace::may_read() {
  if (room_ >= window_) return true;
  // A viewer that is not waited for may be so again once it is within half a ring: no promise beyond that.
  room_ = terms_.ring / 2;
  for (const Viewer* reader : readers_) room_ = std::min(room_, reader->room());
  if (room_ < window_) hold();
  return !waiting_;
}

void Pace::hold() {
  for (Viewer* reader : readers_) reader->guest_waits(window_);
  in_the_way_ = static_cast<std::size_t>(
      std::count_if(readers_.begin(), readers_.end(), [](const Viewer* reader) { return reader->in_the_way(); }));
  // Some may just have used up their credit.
  if (in_the_way_ == 0) return;
  waiting_ = true;
  stood_still_ = false;
  backend_.hold(true);
  for (const Viewer* reader : readers_)
    if (const auto end = reader->patience_ends()) look_at(*end);
}

void Pace::look_at(MonoTime end) {
  if (timer_.running() && look_at_ <= end) return;
  look_at_ = end;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  timer_.start(std::max(wait, std::chrono::milliseconds(0)));
}

// This comes before the sockets are looked at. If it comes late, they are looked at first: once, or a loop that is
// always late would let the guest wait for ever.
void Pace::look() {
  const auto late = std::chrono::steady_clock::now() - look_at_;
  const bool first_the_sockets = late > kLate && !std::exchange(stood_still_, true);
  for (Viewer* reader : readers_) {
    if (!waiting_) return;
    if (reader->patience_ends()) first_the_sockets ? reader->was_held_up(late + kLate) : reader->reckon();
    if (const auto end = reader->patience_ends()) look_at(*end);
  }
}

void Pace::made_room() {
  if (waiting_ && --in_the_way_ == 0) go_on();
}

void Pace::go_on() {
  if (!waiting_) return;
  waiting_ = false;
  in_the_way_ = 0;
  timer_.stop();
  for (Viewer* reader : readers_) reader->guest_goes_on();
  backend_.hold(false);
}

}  // namespace charmux::console
