// SPDX-License-Identifier: Apache-2.0
#include "daemon/roster.hpp"

#include <unistd.h>

#include <algorithm>

#include "charmux/base/text.hpp"
#include "charmux/config/match.hpp"
#include "console/notices.hpp"
#include "discovery/naming.hpp"

namespace charmux::daemon {
namespace {

using discovery::Chardev;
using discovery::Guest;
using discovery::is_libvirt_source;

/// Where a guest is found, for the log: a monitor's path, or the URI.
std::string place_text(const std::string& source) {
  return is_libvirt_source(source) ? discovery::uri_of(source) : source;
}

WallTime wall_now() { return std::chrono::system_clock::now(); }

}  // namespace

Roster::Roster(const config::Config& config, loop::Loop& loop, Log& log, console::Fanout& fanout,
               console::Directory& consoles, frontend::Listeners& listeners, Records& records)
    : config_(config),
      log_(log),
      consoles_(consoles),
      listeners_(listeners),
      registry_(config.state_dir + "/consoles.json"),
      saver_(loop, log, registry_),
      sources_(config, loop, log, *this),
      second_readers_(loop, log, consoles),
      members_(config, loop, log, fanout, consoles, listeners, sources_, records,
               [this](const console::Console& console) {
                 second_readers_.opened(console);
                 note(console);
                 saver_.save();
               }),
      tidy_(loop, [this] { tidy(); }) {}

// --- starting and stopping ---

Status Roster::prepare() {
  members_.histories().make_folder();
  std::vector<std::string> remarks;
  registry_ = Registry::load(registry_.path(), wall_now(), remarks);
  for (const std::string& remark : remarks) log_.warn("{}", remark);
  registry_.reserve(config::pinned_numbers(config_));
  registry_.ask_whether_there([this](const Registry::Entry& entry) { return may_be_there(entry); });
  forget_old();
  for (const config::Console& each : config_.consoles)
    if (Status made = make_fixed(each); !made) return made;
  std::vector<Registry::Entry> remembered;
  for (const auto& [key, entry] : registry_.entries()) {
    const config::Discover* const discover = config::discover_for(config_, entry.source);
    if (!entry.present && discover != nullptr && config::wanted(config_, discover, entry.wish))
      remembered.push_back(entry);
  }
  for (const Registry::Entry& entry : remembered) recall(entry);
  return {};
}

void Roster::recall(const Registry::Entry& entry) {
  Members::Member* const member = members_.of(entry);
  if (member == nullptr) return;
  member->finding->source = entry.source;
  member->finding->shown = discovery::source_text(entry.source);
  member->console->set_number(entry.number);
}

void Roster::start() {
  members_.start();
  sources_.start();
  saver_.save();
  if (!config_.discovers.empty()) tidy_.start(kTidy);
}

void Roster::stop() {
  stopping_ = true;
  tidy_.stop();
  for (const auto& console : consoles_.all()) note(*console);
  saver_.save();
}

void Roster::note(const console::Console& console) {
  const history::Ring& ring = console.ring();
  // What is in memory only will be missing as well.
  if (ring.not_kept().empty())
    registry_.missing_since(console.name(), ring.begun() ? std::nullopt : ring.missing_since());
}

// --- what is found ---

bool Roster::may_be_there(const Registry::Entry& entry) const {
  const Members::Member* const member = members_.find(entry.key);
  if (discovery::is_libvirt_source(entry.source)) {
    // libvirt tells of all; until it has, nobody knows.
    const bool unknown = member != nullptr && (member->finding->guest == Finding::Guest::unknown ||
                                               member->finding->guest == Finding::Guest::hidden);
    return entry.present || unknown;
  }
  const bool seen_ended = member != nullptr && member->finding->guest == Finding::Guest::ended;
  return entry.present || (!seen_ended && !entry.source.empty() && ::access(entry.source.c_str(), F_OK) == 0);
}

std::string Roster::key_of(const Guest& guest, const Chardev& chardev) const {
  // Once told apart by their places, always.
  std::string own = discovery::console_key_at(guest, chardev);
  if (registry_.find(own) != nullptr) return own;
  const std::string key = discovery::console_key(guest, chardev);
  const Registry::Entry* const known = registry_.find(key);
  // Of a guest that a monitor and libvirt show it is libvirt's that counts.
  const bool outranked = known != nullptr && is_libvirt_source(guest.source) && !is_libvirt_source(known->source);
  return known != nullptr && known->source != guest.source && !outranked && may_be_there(*known) ? own : key;
}

void Roster::guest_is(const Guest& guest) {
  if (stopping_) return;
  Places::Place& place = places_.at(guest.source);
  if (is_libvirt_source(guest.source)) {
    take_over(guest);
  } else {
    monitored_[guest.source] = guest;
    if (const std::string why = why_libvirts(guest); !why.empty()) return void(place = {why, {}, {}, true, guest.uuid});
  }
  end_unseen(guest.source);
  place.uuid = guest.uuid;
  place.state = !guest.running ? "shut off" : guest.paused ? "paused" : "running";
  place.unoffered.clear();
  const std::vector<std::string> before = std::exchange(place.keys, {});
  for (const Chardev& chardev : guest.chardevs) take_in(guest, chardev, place);
  const bool anything = !place.keys.empty() || !place.unoffered.empty();
  if (!std::exchange(place.running, true) && anything)
    log_.info("guest {}: found at {}", guest.name, place_text(guest.source));
  for (const std::string& key : before)
    if (std::find(place.keys.begin(), place.keys.end(), key) == place.keys.end())
      lose(key, guest.source, Finding::Guest::without_it);
  saver_.save();
}

void Roster::take_in(const Guest& guest, const Chardev& chardev, Places::Place& place) {
  const config::Discover* const discover = config::discover_for(config_, guest.source);
  const std::string name = (discover == nullptr ? "" : discover->prefix) + discovery::console_name(guest, chardev);
  if (!config::wanted(config_, discover, name)) return;
  const auto refuse = [&](const std::string& reason) {
    place.unoffered.push_back({name, chardev.shown, "refused", reason});
  };
  if (const Status good = address::check_name(name); !good) return refuse(good.error().text);
  const std::string key = key_of(guest, chardev);
  if (const config::Console* const own = configured_as(guest, chardev)) {
    lose(key, guest.source, Finding::Guest::without_it);
    return refuse(fmt::format("it is console {}", own->name));
  }
  // One that has been a console stays one, whatever its chardev has become; opening it says what is wrong.
  if (!chardev.reason.empty() && members_.find(key) == nullptr) {
    const config::Console* const met = config::listening_at(config_, chardev.shown);
    return refuse(met == nullptr ? chardev.reason : fmt::format("it calls console {}", met->name));
  }

  Registry::Told told;
  const std::optional<std::uint16_t> port = config::settings_for(config_, name).port;
  const std::optional<unsigned> pinned = port ? config::number_at(config_, *port) : std::nullopt;
  const Registry::Entry entry =
      registry_.admit({key, guest.name, name, guest.source, pinned}, config::most_numbers(config_), wall_now(), told);
  members_.follow(registry_, told);
  Members::Member* const member = members_.of(entry);
  if (member == nullptr) return refuse("its history cannot be kept; see the log");
  console::Console& console = *member->console;
  // Its own name and number may be new as well: what it has so far counts as what they were.
  members_.follow(registry_, {{}, {{key, console.name(), console.number()}}});
  const Finding was =
      std::exchange(*member->finding, Finding{guest.running ? Finding::Guest::running : Finding::Guest::shut_off,
                                              guest.source,
                                              chardev.label,
                                              chardev.shown,
                                              chardev.why_no_break,
                                              chardev.own_break,
                                              {}});
  place.keys.push_back(key);
  listeners_.offer(console);
  // What is open may be another chardev by now, or another guest's: it is let go before a byte more passes.
  const bool another = !was.label.empty() && !chardev.label.empty() && was.label != chardev.label;
  const bool moved = !chardev.reason.empty() || another || (!was.label.empty() && was.source != guest.source);
  moved ? console.relocate() : console.retry();
}

void Roster::lose(const std::string& key, const std::string& source, Finding::Guest as) {
  Members::Member* const member = members_.find(key);
  // Another source may show it by now.
  if (member == nullptr || member->finding->source != source) return;
  // With its monitor gone, a guest whose chardev is open is there still: nobody else gets its name or number.
  const bool there = as == Finding::Guest::ended && member->console->is_open();
  member->finding->guest = there ? Finding::Guest::unseen : as;
  if (there) return;
  registry_.depart(key, wall_now());
  if (as == Finding::Guest::without_it || as == Finding::Guest::undefined) {
    listeners_.withdraw(*member->console);
    member->console->relocate();
  } else {
    member->console->retry();
  }
}

void Roster::guest_ended(const std::string& source) {
  Places::Place& place = places_.at(source);
  monitored_.erase(source);
  log_.info("guest at {}: ended, or its monitor did", source);
  for (const std::string& key : place.keys) lose(key, source, Finding::Guest::ended);
  place = {};
  saver_.save();
}

void Roster::guest_happened(const std::string& source, discovery::Happening happening) {
  for (const std::string& key : places_.at(source).keys) {
    const Members::Member* const member = members_.find(key);
    if (member == nullptr) continue;
    console::Console& console = *member->console;
    log_.info("console {}: {}", console.name(), discovery::text_of(happening));
    console.announce(console::notices::happened(console.name(), discovery::text_of(happening)));
  }
}

void Roster::guest_hidden(const std::string& source, const std::string& name, const std::string& reason) {
  if (is_libvirt_source(source)) return connection_hidden(source, reason);
  Places::Place& place = places_.at(source);
  if (place.running && reason.empty()) return;
  place = {reason, {}, {}, false};
  bool known = false;
  for (const auto& [key, member] : members_.all()) {
    Finding& finding = *member.finding;
    if (finding.source != source || finding.guest == Finding::Guest::running) continue;
    known = true;
    if (finding.guest == Finding::Guest::unseen) continue;
    finding.guest = reason.empty() ? Finding::Guest::unknown : Finding::Guest::hidden;
    finding.reason = reason;
    member.console->retry();
  }
  const config::Discover* const discover = config::discover_for(config_, source);
  const std::string shown = (discover == nullptr ? "" : discover->prefix) + name;
  if (known || reason.empty() || !config::wanted(config_, discover, shown)) return;
  place.unoffered.push_back({shown, "qmp:" + source, FoundPlace::is_busy(reason) ? "waiting" : "refused", reason});
  log_.warn("guest {} at {}: {}", name, source, reason);
}

// --- what nothing announces ---

void Roster::tidy() {
  end_unseen({});
  forget_old();
  places_.drop_empty();
  saver_.save();
  tidy_.start(kTidy);
}

void Roster::end_unseen(const std::string& source) {
  for (const auto& [key, member] : members_.all()) {
    Finding& finding = *member.finding;
    if (finding.guest != Finding::Guest::unseen && finding.guest != Finding::Guest::ended) continue;
    if (finding.guest == Finding::Guest::unseen && member.console->is_open() && finding.source != source) continue;
    finding.guest = Finding::Guest::ended;
    registry_.depart(key, wall_now());
  }
}

void Roster::forget_old() {
  const auto may_go = [this](const Registry::Entry& entry) {
    const Members::Member* const member = members_.find(entry.key);
    return member == nullptr || (!member->console->is_open() && member->console->viewers().empty());
  };
  for (const Registry::Entry& entry : registry_.forget_older_than(config_.history.keep, wall_now(), may_go))
    members_.forget(entry);
}

}  // namespace charmux::daemon
