// SPDX-License-Identifier: Apache-2.0
#include "daemon/roster.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "backend/line.hpp"
#include "charmux/base/text.hpp"
#include "console/notices.hpp"
#include "discovery/naming.hpp"

namespace charmux::daemon {
namespace {

using discovery::Chardev;
using discovery::Guest;

/// The keys of configured consoles.
constexpr std::string_view kFixed = "console/";

WallTime wall_now() { return std::chrono::system_clock::now(); }

std::unique_ptr<discovery::QmpSource> make_source(const config::Config& config, loop::Loop& loop, Log& log,
                                                  discovery::Sink& sink) {
  discovery::QmpSource::Settings settings;
  settings.poll = config.limits.qmp_poll;
  for (const config::Discover& each : config.discovers) settings.patterns.push_back(each.qmp);
  return std::make_unique<discovery::QmpSource>(loop, std::move(settings), log, sink);
}

}  // namespace

Roster::Roster(const config::Config& config, loop::Loop& loop, Log& log, console::Fanout& fanout,
               console::Directory& consoles, frontend::Listeners& listeners)
    : config_(config),
      loop_(loop),
      log_(log),
      fanout_(fanout),
      consoles_(consoles),
      listeners_(listeners),
      histories_(config.state_dir, log),
      registry_(config.state_dir + "/consoles.json"),
      saver_(loop, log, registry_),
      qmp_(make_source(config, loop, log, *this)) {}

Roster::~Roster() = default;

// --- starting ---

Status Roster::prepare() {
  histories_.make_folder();
  std::vector<std::string> remarks;
  registry_ = Registry::load(config_.state_dir + "/consoles.json", wall_now(), remarks);
  for (const std::string& remark : remarks) log_.warn("{}", remark);
  registry_.reserve(config::pinned_numbers(config_));
  for (const Registry::Entry& entry : registry_.forget_older_than(config_.history.keep, wall_now())) {
    histories_.remove(entry.name);
    log_.info("console {}: forgotten, it was not there for {}", entry.name, format_duration(config_.history.keep));
  }
  for (const config::Console& each : config_.consoles)
    if (Status made = make_fixed(each); !made) return made;
  std::vector<Registry::Entry> remembered;
  for (const auto& [key, entry] : registry_.entries())
    if (!entry.present && discover_of(entry.source) != nullptr &&
        config::offers(*discover_of(entry.source), entry.name))
      remembered.push_back(entry);
  for (const Registry::Entry& entry : remembered) recall(entry);
  return {};
}

Status Roster::make_fixed(const config::Console& each) {
  Result<console::Console*> console =
      add_console(each.name, each.size, each.replay, std::make_unique<backend::FixedPlace>(each.backend));
  if (!console) return tl::unexpected(console.error());
  const std::string key = fmt::format("{}{}", kFixed, each.name);
  Registry::Told told;
  const std::optional<unsigned> pinned = each.port ? config::number_at(config_, *each.port) : std::nullopt;
  const Registry::Entry& entry =
      registry_.admit({key, {}, each.name, {}, pinned}, config::most_numbers(config_), wall_now(), told);
  (*console)->set_number(entry.number);
  follow_registry(told);
  return {};
}

void Roster::recall(const Registry::Entry& entry) {
  if (config::settings_for(config_, entry.name).hide) return;
  const auto finding = std::make_shared<Finding>();
  finding->source = entry.source;
  finding->shown = "qmp:" + entry.source;
  members_[entry.key] = {finding, nullptr};
  if (Member* const member = member_of(entry)) member->console->set_number(entry.number);
}

void Roster::start() {
  for (const auto& console : consoles_.all()) {
    console->start();
    listeners_.offer(*console);
  }
  phase_ = Phase::running;
  qmp_->start();
  saver_.save();
}

void Roster::stop() {
  phase_ = Phase::stopping;
  saver_.save();
}

// --- consoles ---

Result<console::Console*> Roster::add_console(const std::string& name, std::uint64_t size, std::uint64_t replay,
                                              std::unique_ptr<backend::Locator> locator) {
  Result<history::Ring> ring = histories_.open(name, size);
  if (!ring) return tl::unexpected(ring.error());
  const config::Limits& limits = config_.limits;
  const backend::Patience patience{limits.connect_timeout, limits.reopen_first, limits.reopen_most};
  return &consoles_.add(std::make_unique<console::Console>(
      console::Console::Settings{name, replay, limits.input_queue}, std::move(*ring),
      std::make_unique<backend::Line>(loop_, patience, std::move(locator)), fanout_, log_));
}

Roster::Member* Roster::member_of(const Registry::Entry& entry) {
  auto at = members_.find(entry.key);
  if (at != members_.end() && at->second.console != nullptr) return &at->second;
  if (console::Console* const heirloom = consoles_.find(entry.name)) {
    // A guest that is no more left its console to this one: it goes on under the new key.
    const auto old = std::find_if(members_.begin(), members_.end(),
                                  [&](const auto& member) { return member.second.console == heirloom; });
    if (old == members_.end()) return nullptr;  // a configured one; names of those are never given twice
    auto node = members_.extract(old);
    node.key() = entry.key;
    return &members_.insert(std::move(node)).position->second;
  }
  if (at == members_.end()) at = members_.emplace(entry.key, Member{std::make_shared<Finding>(), nullptr}).first;
  const config::MatchSettings settings = config::settings_for(config_, entry.name);
  Result<console::Console*> console =
      add_console(entry.name, settings.size, settings.replay, std::make_unique<FoundPlace>(at->second.finding, *qmp_));
  if (!console) {
    log_.warn("console {}: {}", entry.name, console.error().text);
    members_.erase(at);
    return nullptr;
  }
  at->second.console = *console;
  if (phase_ == Phase::running) (*console)->start();
  return &at->second;
}

void Roster::follow_registry(const Registry::Told& told) {
  for (const std::string& remark : told.remarks) log_.warn("{}", remark);
  for (const Registry::Change& change : told.changes) {
    const auto member = members_.find(change.key);
    const Registry::Entry* const entry = registry_.find(change.key);
    if (member == members_.end() || member->second.console == nullptr || entry == nullptr) continue;
    console::Console& console = *member->second.console;
    if (console.name() != entry->name) {
      histories_.rename(console.name(), entry->name);
      console.rename(entry->name);
    }
    if (console.number() == entry->number) continue;
    listeners_.withdraw(console);
    console.set_number(entry->number);
    if (phase_ == Phase::running) listeners_.offer(console);
  }
  saver_.save();
}

// --- what sources find ---

const config::Discover* Roster::discover_of(const std::string& source) const {
  const auto at = std::find_if(config_.discovers.begin(), config_.discovers.end(), [&](const config::Discover& each) {
    return each.qmp == source || ::fnmatch(each.qmp.c_str(), source.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
  });
  return at == config_.discovers.end() ? nullptr : &*at;
}

std::string Roster::key_of(const Guest& guest, const Chardev& chardev) const {
  const std::string key = discovery::console_key(guest, chardev);
  // Two guests that cannot be told apart otherwise, as clones of one definition, are by where they were found.
  const auto member = members_.find(key);
  const bool taken = member != members_.end() && member->second.finding->guest == Finding::Guest::running &&
                     member->second.finding->source != guest.source;
  return taken ? fmt::format("{}@{}", key, guest.source) : key;
}

void Roster::guest_is(const Guest& guest) {
  if (phase_ == Phase::stopping) return;
  Place& place = places_[guest.source];
  if (place.keys.empty()) log_.info("guest {}: found at {}", guest.name, guest.source);
  place.hidden_as.clear();
  place.state = guest.paused ? "paused" : "running";
  place.unoffered.clear();
  const std::vector<std::string> before = std::exchange(place.keys, {});
  for (const Chardev& chardev : guest.chardevs) take_in(guest, chardev, place);
  for (const std::string& key : before) {
    if (std::find(place.keys.begin(), place.keys.end(), key) != place.keys.end()) continue;
    const auto member = members_.find(key);
    if (member == members_.end()) continue;
    member->second.finding->guest = Finding::Guest::without_it;
    listeners_.withdraw(*member->second.console);
    member->second.console->relocate();
    registry_.depart(key, wall_now());
  }
}

void Roster::take_in(const Guest& guest, const Chardev& chardev, Place& place) {
  const config::Discover* const discover = discover_of(guest.source);
  const std::string prefix = discover == nullptr ? "" : discover->prefix;
  const std::string name = prefix + discovery::console_name(guest, chardev);
  if (discover != nullptr && !config::offers(*discover, name)) return;
  const config::MatchSettings settings = config::settings_for(config_, name);
  if (settings.hide) return;
  const auto refuse = [&](const std::string& reason) {
    place.unoffered.push_back({name, chardev.shown, "refused", reason});
  };
  if (const Status good = address::check_name(name); !good) return refuse(good.error().text);
  const std::string key = key_of(guest, chardev);
  // One that has been a console stays one, whatever its chardev has become; opening it says what is wrong.
  if (!chardev.at && members_.count(key) == 0) return refuse(chardev.reason);

  Registry::Told told;
  const std::optional<unsigned> pinned = settings.port ? config::number_at(config_, *settings.port) : std::nullopt;
  const Registry::Entry entry =
      registry_.admit({key, guest.name, name, guest.source, pinned}, config::most_numbers(config_), wall_now(), told);
  follow_registry(told);
  Member* const member = member_of(entry);
  if (member == nullptr) return refuse("its history cannot be kept; see the log");
  *member->finding = {Finding::Guest::running, guest.source, chardev.label, chardev.shown, chardev.why_no_break};
  console::Console& console = *member->console;
  follow_registry({{}, {{key, console.name(), console.number()}}});
  place.keys.push_back(key);
  if (phase_ == Phase::running) listeners_.offer(console);
  console.retry();
}

void Roster::guest_ended(const std::string& source) {
  Place& place = places_[source];
  place.state = "shut off";
  place.unoffered.clear();
  log_.info("guest at {}: ended", source);
  for (const std::string& key : place.keys) {
    const auto member = members_.find(key);
    if (member == members_.end()) continue;
    member->second.finding->guest = Finding::Guest::ended;
    member->second.console->retry();
    registry_.depart(key, wall_now());
  }
  place.keys.clear();
  saver_.save();
}

void Roster::guest_happened(const std::string& source, discovery::Happening happening) {
  const auto place = places_.find(source);
  if (place == places_.end()) return;
  for (const std::string& key : place->second.keys) {
    const auto member = members_.find(key);
    if (member == members_.end()) continue;
    console::Console& console = *member->second.console;
    log_.info("console {}: {}", console.name(), discovery::text_of(happening));
    console.announce(console::notices::happened(console.name(), discovery::text_of(happening)));
  }
}

void Roster::guest_hidden(const std::string& source, const std::string& name, const std::string& reason) {
  Place& place = places_[source];
  if (place.state == reason) return;
  place.state = reason;
  place.hidden_as = name;
  if (!reason.empty()) log_.warn("guest {} at {}: {}", name, source, reason);
}

// --- what is listed ---

std::vector<Roster::Unoffered> Roster::unoffered() const {
  std::vector<Unoffered> all;
  for (const auto& [source, place] : places_) {
    all.insert(all.end(), place.unoffered.begin(), place.unoffered.end());
    if (place.hidden_as.empty() || place.state.empty()) continue;
    const config::Discover* const discover = discover_of(source);
    all.push_back({(discover == nullptr ? "" : discover->prefix) + place.hidden_as, "qmp:" + source,
                   place.state == "monitor busy" ? "waiting" : "refused", place.state});
  }
  return all;
}

std::vector<Roster::SourceState> Roster::sources() const {
  std::vector<SourceState> all;
  for (const auto& [source, place] : places_)
    if (!place.state.empty()) all.push_back({"qmp:" + source, place.state});
  return all;
}

}  // namespace charmux::daemon
