// SPDX-License-Identifier: Apache-2.0
#include "console/fanout.hpp"

#include <algorithm>

#include "console/viewer.hpp"

namespace charmux::console {

Fanout::Fanout(loop::Loop& loop)
    : loop_(loop), turn_end_(loop, [this] { serve(); }), alarm_(loop, [this] { wake_sleepers(); }) {}

void Fanout::wake(Viewer& viewer) {
  if (viewer.queued_ || viewer.blocked_) return;
  viewer.queued_ = true;
  viewer.queue_begins();
  (viewer.lag() <= kLittle ? prompt_ : bulk_).push_back(&viewer);
  turn_end_.request();
}

void Fanout::wake_at(Viewer& viewer, MonoTime deadline) {
  if (!std::exchange(viewer.sleeping_, true)) sleepers_.push_back(&viewer);
  if (alarm_.running()) return;  // whoever is woken too early asks again
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(deadline - loop_.now());
  alarm_.start(std::max(wait, std::chrono::milliseconds(1)));
}

void Fanout::forget(Viewer& viewer) {
  if (viewer.queued_) std::erase(prompt_, &viewer);
  if (viewer.queued_) std::erase(bulk_, &viewer);
  if (viewer.sleeping_) std::erase(sleepers_, &viewer);
}

void Fanout::serve() {
  serve(prompt_);
  serve(bulk_);
  if (!prompt_.empty() || !bulk_.empty()) turn_end_.request();
}

void Fanout::serve(Line& line) {
  const MonoTime end = std::chrono::steady_clock::now() + kSlice;
  // Those who come back into line while it is served wait for the next turn, so that input is looked at in between.
  for (std::size_t turn = line.size(); turn > 0; --turn) {
    Viewer& viewer = *line.front();
    line.pop_front();
    viewer.queued_ = false;
    viewer.pump();
    if (std::chrono::steady_clock::now() >= end) return;
  }
}

void Fanout::wake_sleepers() {
  for (Viewer* viewer : std::exchange(sleepers_, {})) {
    viewer->sleeping_ = false;
    wake(*viewer);
  }
}

}  // namespace charmux::console
