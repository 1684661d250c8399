// SPDX-License-Identifier: Apache-2.0
#include "console/second_readers.hpp"

#include <algorithm>
#include <utility>

#include "console/notices.hpp"

namespace charmux::console {
namespace {

std::string joined(const std::vector<std::string>& readers) {
  std::string text;
  for (const std::string& each : readers) text += (text.empty() ? "" : " and ") + each;
  return text;
}

}  // namespace

SecondReaders::SecondReaders(loop::Loop& loop, Log& log, Directory& consoles, Settings settings)
    : loop_(loop), log_(log), consoles_(consoles), settings_(std::move(settings)), timer_(loop, [this] { look(); }) {}

void SecondReaders::opened(const Console& console) {
  if (!console.pty() || looked_ || is_soon_) return;
  is_soon_ = true;
  timer_.start(settings_.soon);
}

void SecondReaders::look() {
  is_soon_ = false;
  looked_ = std::make_shared<Looked>();
  for (const auto& console : consoles_.all())
    if (const auto pty = console->pty()) looked_->ptys.push_back(*pty);
  if (looked_->ptys.empty()) {
    seen_.clear();
    looked_.reset();
    return;
  }
  work_ = loop::Work(
      loop_, [looked = looked_, scan = settings_.scan] { looked->readers = scan(looked->ptys); }, [this] { looked(); });
}

void SecondReaders::looked() {
  const std::shared_ptr<const Looked> looked = std::exchange(looked_, nullptr);
  bool unsure = false;
  for (const auto& console : consoles_.all()) {
    const auto pty = console->pty();
    // It may have been opened meanwhile, elsewhere.
    const auto at = pty ? std::find(looked->ptys.begin(), looked->ptys.end(), *pty) : looked->ptys.end();
    if (at == looked->ptys.end())
      seen_.erase(console->name());
    else
      unsure = !tell(*console, looked->readers[static_cast<std::size_t>(at - looked->ptys.begin())]) || unsure;
    unsure = unsure || (pty && at == looked->ptys.end());
  }
  is_soon_ = unsure;
  timer_.start(unsure ? settings_.soon : settings_.every);
}

/// False: who was seen is told if seen again.
bool SecondReaders::tell(Console& console, const std::vector<std::string>& readers) {
  const std::string who = joined(readers);
  if (who == console.also_read_by()) {
    seen_.erase(console.name());
    return true;
  }
  const bool is_sure = readers.empty() || seen_[console.name()] == readers;
  seen_[console.name()] = readers;
  if (!is_sure) return false;
  seen_.erase(console.name());
  console.set_also_read_by(who);
  const std::string path = console.pty()->path;
  if (readers.empty()) {
    log_.info("console {}: its pty {} is read by nobody else any more", console.name(), path);
    console.announce(notices::sentence(fmt::format("{} is read by nobody else any more", console.name())));
    return true;
  }
  const std::string torn = readers.size() == 1 ? "the two" : "them";
  log_.warn("console {}: its pty {} is also read by {}: output is torn between {}", console.name(), path, who, torn);
  console.announce(
      notices::sentence(fmt::format("{} is also read by {}: output is torn between {}", console.name(), who, torn)));
  return true;
}

}  // namespace charmux::console
