// SPDX-License-Identifier: Apache-2.0
// What is different of guests that libvirt tells of: they are known while they do not run, and when they are no more.
#include <algorithm>

#include "daemon/roster.hpp"

namespace charmux::daemon {

using discovery::Guest;
using discovery::is_libvirt_source;

void Roster::guests_are(const std::string& source, const std::vector<std::string>& guests) {
  const auto is_there = [&](const std::string& guest) {
    return std::find(guests.begin(), guests.end(), guest) != guests.end();
  };
  places_.at(source).state = "connected";
  for (const std::string& guest : places_.behind(source))
    if (!is_there(guest)) guest_gone(guest);
  // Those that are remembered, and were never seen since.
  for (const auto& [key, member] : members_.all()) {
    const std::string known = member.finding->source;
    if (is_libvirt_source(known) && discovery::uri_of(known) == source && !is_there(known))
      lose(key, known, Finding::Guest::undefined);
  }
  show_again();
  saver_.save();
}

void Roster::guest_gone(const std::string& source) {
  Places::Place& place = places_.at(source);
  if (place.running) log_.info("guest at {}: is defined no more", discovery::uri_of(source));
  for (const std::string& key : place.keys) lose(key, source, Finding::Guest::undefined);
  place = {};
  show_again();
  saver_.save();
}

void Roster::connection_hidden(const std::string& uri, const std::string& reason) {
  // What is known of its guests holds until it says otherwise; opening them says what is wrong.
  for (const auto& [key, member] : members_.all()) {
    Finding& finding = *member.finding;
    const bool its = is_libvirt_source(finding.source) && discovery::uri_of(finding.source) == uri;
    if (!its || (finding.guest != Finding::Guest::unknown && finding.guest != Finding::Guest::hidden)) continue;
    finding.guest = reason.empty() ? Finding::Guest::unknown : Finding::Guest::hidden;
    finding.reason = reason;
    member.console->retry();
  }
  places_.at(uri) = {reason, {}, {}, false};
  if (reason.empty()) return log_.info("libvirt at {}: connected", uri);
  places_.at(uri).unoffered.push_back({uri, discovery::source_text(uri), "waiting", reason});
  log_.warn("libvirt at {}: {}; trying again", uri, reason);
}

const config::Console* Roster::configured_as(const Guest& guest, const discovery::Chardev& chardev) const {
  const auto is_it = [&](const config::Console& console) {
    const auto* const at = std::get_if<address::Libvirt>(&console.backend);
    if (at == nullptr || at->uri != discovery::uri_of(guest.source)) return false;
    if (at->domain != guest.name && at->domain != guest.uuid) return false;
    return at->alias.empty() ? chardev.primary : at->alias == chardev.label || at->alias == chardev.called;
  };
  const auto at = std::find_if(config_.consoles.begin(), config_.consoles.end(), is_it);
  return at == config_.consoles.end() ? nullptr : &*at;
}

// --- guests that monitors show as well ---

std::string Roster::why_libvirts(const Guest& guest) const {
  if (guest.uuid.empty()) return {};
  if (const std::string source = places_.libvirt_with(guest.uuid); !source.empty())
    return "the same guest as one of " + discovery::source_text(source);
  for (const auto& [key, member] : members_.all()) {
    const Finding& finding = *member.finding;
    const bool unknown = finding.guest == Finding::Guest::unknown || finding.guest == Finding::Guest::hidden;
    if (unknown && is_libvirt_source(finding.source) && finding.source.ends_with("#" + guest.uuid))
      return "perhaps the same guest as one of " + discovery::source_text(finding.source);
  }
  return {};
}

void Roster::take_over(const Guest& guest) {
  for (const std::string& monitor : places_.monitors_with(guest.uuid)) {
    Places::Place& place = places_.at(monitor);
    if (place.keys.empty()) continue;
    log_.info("guest {}: the one at {} is libvirt's", guest.name, monitor);
    place = {"the same guest as one of " + discovery::source_text(guest.source), {}, {}, true, guest.uuid};
  }
}

void Roster::show_again() {
  const std::map<std::string, Guest> all = monitored_;
  for (const auto& [source, guest] : all) {
    const Places::Place* const place = places_.find(source);
    if (place != nullptr && place->keys.empty() && place->uuid == guest.uuid) guest_is(guest);
  }
}

}  // namespace charmux::daemon
