// SPDX-License-Identifier: Apache-2.0
#include "daemon/retired.hpp"

#include <algorithm>

namespace charmux::daemon {
namespace {

/// How often it is looked whether they have left.
constexpr std::chrono::milliseconds kLook{10};

}  // namespace

Retired::Retired(loop::Loop& loop, Log& log, Journals& journals)
    : loop_(loop), log_(log), journals_(journals), timer_(loop, [this] { look(); }) {}

void Retired::add(std::unique_ptr<console::Console> console, const std::string& why) {
  log_.info("console {}: closed: {}", console->name(), why);
  console->stop(why);
  journals_.stop(*console);
  leaving_.push_back({std::move(console), loop_.now() + kPatience});
  timer_.start(kLook);
}

bool Retired::holds(const std::string& name) const {
  return std::any_of(leaving_.begin(), leaving_.end(),
                     [&](const Leaving& each) { return each.console->name() == name; });
}

bool Retired::is_over(const Leaving& each) {
  console::Console& console = *each.console;
  const bool late = loop_.now() >= each.deadline;
  // Who is closed leaves the list when its session is destroyed, at the end of the turn.
  for (console::Viewer* const viewer : console.viewers())
    if (late) viewer->expire("it does not read what its console said last");
  return console.viewers().empty() && (late || (console.stopped() && journals_.stopped(console)));
}

void Retired::look() {
  for (auto each = leaving_.begin(); each != leaving_.end();) {
    if (!is_over(*each)) {
      ++each;
      continue;
    }
    journals_.drop(*each->console);
    each->console->close_history();
    each = leaving_.erase(each);
  }
  if (!leaving_.empty()) return timer_.start(kLook);
  if (emptied_) emptied_();
}

}  // namespace charmux::daemon
