// SPDX-License-Identifier: Apache-2.0
#include "daemon/journals.hpp"

#include <algorithm>

namespace charmux::daemon {

void Journals::follow(console::Console& console, const console::JournalPaths& paths) {
  std::unique_ptr<console::Journal>& journal = journals_[&console];
  if (journal == nullptr)
    journal = std::make_unique<console::Journal>(console, paths, scribes_, log_);
  else
    journal->move_to(paths);
}

void Journals::reopen() {
  for (const auto& [console, journal] : journals_) journal->reopen();
}

void Journals::stop(const console::Console& console) {
  if (const auto at = journals_.find(&console); at != journals_.end()) at->second->stop();
}

bool Journals::stopped(const console::Console& console) const {
  const auto at = journals_.find(&console);
  return at == journals_.end() || at->second->stopped();
}

void Journals::stop() {
  for (const auto& [console, journal] : journals_) journal->stop();
}

bool Journals::stopped() const {
  return std::all_of(journals_.begin(), journals_.end(), [](const auto& each) { return each.second->stopped(); });
}

void Journals::give_up() {
  for (const auto& [console, journal] : journals_) journal->give_up();
}

}  // namespace charmux::daemon
