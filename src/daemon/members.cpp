// SPDX-License-Identifier: Apache-2.0
#include "daemon/members.hpp"

#include <algorithm>

#include "backend/line.hpp"
#include "charmux/config/match.hpp"

namespace charmux::daemon {
namespace {

Members::Settings settings_of(const config::Config& config, const Registry::Entry& entry) {
  const config::MatchSettings settings = config::settings_for(config, entry.wish, entry.name);
  return {settings.size, settings.replay, settings.max_guest_pause, settings.log, settings.typing};
}

}  // namespace

Members::Members(const config::Config& config, loop::Loop& loop, Log& log, console::Fanout& fanout,
                 console::Directory& consoles, frontend::Listeners& listeners, Sources& sources, Records& records,
                 std::function<void(const console::Console&)> opened)
    : config_(config),
      loop_(loop),
      log_(log),
      fanout_(fanout),
      consoles_(consoles),
      listeners_(listeners),
      sources_(sources),
      records_(records),
      opened_(std::move(opened)),
      histories_(loop, config.state_dir, log),
      journals_(records.scribes(), log),
      retired_(loop, log, journals_) {}

void Members::start() {
  for (const auto& console : consoles_.all()) {
    console->start();
    listeners_.offer(*console);
  }
  started_ = true;
}

Result<console::Console*> Members::add(const Registry::Entry& entry, const Settings& settings,
                                       std::unique_ptr<backend::Locator> locator) {
  if (retired_.holds(entry.name)) return failure("an earlier console of that name is being closed; reload in a moment");
  Result<history::Ring> ring = histories_.open(entry.name, settings.size);
  if (!ring) return tl::unexpected(ring.error());
  if (entry.missing_since) ring->was_missing_since(*entry.missing_since);
  const config::Limits& limits = config_.limits;
  const backend::Patience patience{limits.connect_timeout, limits.reopen_first, limits.reopen_most};
  console::Console& console = consoles_.add(std::make_unique<console::Console>(
      console::Console::Settings{entry.name, settings.replay, limits.input_queue, settings.max_guest_pause,
                                 config_.history.min_rate, config_.history.coalesce,
                                 [this](std::function<void()> saver) { histories_.save(std::move(saver)); }, opened_,
                                 settings.typing, records_.audit()},
      std::move(*ring), std::make_unique<backend::Line>(loop_, patience, std::move(locator)), fanout_, log_));
  keep_log(console, settings.log);
  return &console;
}

void Members::keep_log(console::Console& console, const std::string& path) {
  if (!path.empty()) return journals_.follow(console, {path, histories_.log_place(console.name())});
  journals_.drop(console);
  histories_.forget_log(console.name());
}

Members::Member* Members::find(const std::string& key) {
  const auto at = members_.find(key);
  return at == members_.end() ? nullptr : &at->second;
}

const Members::Member* Members::find(const std::string& key) const {
  const auto at = members_.find(key);
  return at == members_.end() ? nullptr : &at->second;
}

Members::Member* Members::of(const Registry::Entry& entry) {
  if (Member* const member = find(entry.key)) return member;
  if (console::Console* const heirloom = consoles_.find(entry.name)) {
    // A guest that is no more left its console to this one: it goes on under the new key.
    const auto old = std::find_if(members_.begin(), members_.end(),
                                  [&](const auto& member) { return member.second.console == heirloom; });
    if (old == members_.end()) return nullptr;
    auto node = members_.extract(old);
    node.key() = entry.key;
    return &members_.insert(std::move(node)).position->second;
  }
  const auto finding = std::make_shared<Finding>();
  Result<console::Console*> console =
      add(entry, settings_of(config_, entry), std::make_unique<FoundPlace>(finding, sources_));
  if (!console) {
    log_.warn("console {}: {}", entry.name, console.error().text);
    return nullptr;
  }
  if (started_) (*console)->start();
  return &members_.emplace(entry.key, Member{finding, *console}).first->second;
}

void Members::follow(const Registry& registry, const Registry::Told& told) {
  for (const std::string& remark : told.remarks) log_.warn("{}", remark);
  for (const Registry::Change& change : told.changes) {
    const Registry::Entry* const entry = registry.find(change.key);
    if (entry == nullptr) continue;
    if (change.name != entry->name) histories_.rename(change.name, entry->name);
    const Member* const member = find(change.key);
    if (member == nullptr) continue;
    console::Console& console = *member->console;
    if (console.name() != entry->name) {
      console.rename(entry->name);
      console.ring().renamed_to(histories_.path_of(entry->name));
      keep_log(console, config::settings_for(config_, entry->wish, entry->name).log);
    }
    if (console.number() == entry->number) continue;
    listeners_.withdraw(console);
    console.set_number(entry->number);
    if (started_) listeners_.offer(console);
  }
}

void Members::forget(const Registry::Entry& entry) {
  if (const Member* const member = find(entry.key)) {
    listeners_.withdraw(*member->console);
    journals_.drop(*member->console);
    consoles_.remove(*member->console);
    members_.erase(entry.key);
  }
  histories_.remove(entry.name);
  log_.info("console {}: forgotten, it was not there for {}", entry.name, format_duration(config_.history.keep));
}

void Members::retire(console::Console& console) {
  listeners_.withdraw(console);
  std::erase_if(members_, [&](const auto& member) { return member.second.console == &console; });
  retired_.add(consoles_.take(console), fmt::format("{} is not configured any more", console.name()));
}

void Members::configure(console::Console& console, const Settings& settings, const std::string& logged) {
  console.configure(settings.replay, settings.typing);
  if (settings.log != logged) keep_log(console, settings.log);
}

void Members::configure_all(const Registry& registry, const config::Config& before) {
  for (const auto& [key, member] : members_)
    if (const Registry::Entry* const entry = registry.find(key))
      configure(*member.console, settings_of(config_, *entry), settings_of(before, *entry).log);
}

}  // namespace charmux::daemon
