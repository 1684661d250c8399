// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "charmux/address/parts.hpp"
#include "charmux/base/text.hpp"
#include "config/draft.hpp"

namespace charmux::config {
namespace {

using address::in_quotes;

constexpr std::array<std::string_view, 2> kDoors = {"telnet", "raw"};

/// The address's options as entries, which then pass the same checks as keys. One that a key gives too is reported.
void add_options(const address::Parts& parts, const std::string& text, const Origin& at, std::vector<Entry>& entries,
                 Report& report) {
  const std::size_t keys = entries.size();
  for (const address::Option& option : parts.options) {
    const auto end = entries.begin() + static_cast<std::ptrdiff_t>(keys);
    const auto same = [&](const Entry& entry) { return entry.key == option.name && option.name != "address"; };
    if (const auto key = std::find_if(entries.begin(), end, same); key != end) {
      report.add(key->key_at,
                 fmt::format("{} is given twice, by this key and in '{}': keep one", in_quotes(option.name), text));
      continue;
    }
    Value value = option.value ? Value(*option.value) : Value(true);
    entries.push_back({option.name, at, std::move(value), at, true});
  }
}

/// Reads what the address itself says, and its options into `entries`.
void read_address(const std::string& text, const Origin& at, ListenDraft& draft, std::vector<Entry>& entries,
                  Report& report) {
  const auto fail = [&](const std::string& why) { report.add(at, fmt::format("{}: {}", text, why)); };
  const Result<address::Parts> parts = address::split(text);
  if (!parts) return fail(parts.error().text);
  add_options(*parts, text, at, entries, report);
  if (parts->scheme == "web") return fail("web: listeners are not in this version: use telnet or raw");
  if (std::find(kDoors.begin(), kDoors.end(), parts->scheme) == kDoors.end())
    return fail(address::unknown_scheme(parts->scheme, kDoors).text);
  draft.listen.kind = parts->scheme == "telnet" ? DoorKind::telnet : DoorKind::raw;
  const bool range = std::any_of(entries.begin(), entries.end(), [](const Entry& each) { return each.key == "ports"; });
  Result<address::Place> place = range ? address::parse_listen_host(parts->place).map([](address::HostPort host) {
    return address::Place(std::move(host));
  })
                                       : address::parse_place(parts->place, address::Side::listen);
  if (!place) return fail(place.error().text);
  draft.place = std::move(*place);
}

/// Gives each setting its value, or its kind's default.
void apply(const Settings& settings, Listen& listen) {
  const bool telnet = listen.kind == DoorKind::telnet;
  settings.take_as<PortRange>("ports", listen.ports);
  settings.take("console", listen.console);
  std::string access = "control";
  settings.take("access", access);
  listen.access = access == "watch" ? Access::watch : Access::control;
  std::string on_lag = telnet ? "skip" : "close";
  settings.take("on-lag", on_lag);
  listen.on_lag = on_lag == "skip" ? OnLag::skip : OnLag::close;
  std::string notices = telnet ? "on" : "off";
  settings.take("notices", notices);
  listen.notices = notices == "on";
  if (!telnet) listen.replay = 0;
  if (settings.has("replay")) settings.take("replay", listen.replay.emplace());
  settings.take("insecure", listen.insecure);
}

}  // namespace

std::string door_text(const Listen& listen) {
  const std::string kind = listen.kind == DoorKind::telnet ? "telnet:" : "raw:";
  const auto* const host = std::get_if<address::HostPort>(&listen.place);
  if (!listen.ports || host == nullptr) return kind + address::to_text(listen.place);
  return fmt::format("{}{},ports={}-{}", kind, address::host_text(*host), listen.ports->low, listen.ports->high);
}

Error exposure_error(const Listen& listen, std::string_view leads_to) {
  const std::string there = leads_to.empty() ? std::string() : fmt::format(" leads to {} and", leads_to);
  return {
      fmt::format("{}{} would let anyone who reaches it in: there are no users and no TLS yet; bind it to 127.0.0.1 "
                  "or [::1], use a UNIX socket, or add ,insecure on purpose",
                  door_text(listen), there)};
}

ListenDraft read_listen(const Origin& table_at, const std::vector<Entry>& entries, Report& report) {
  ListenDraft draft;
  draft.at = table_at;
  std::vector<Entry> all = entries;
  for (const Entry& entry : entries) {
    if (entry.key != "address") continue;
    draft.at = entry.value_at;
    if (const auto* const text = std::get_if<std::string>(&entry.value)) {
      draft.listen.text = *text;
      read_address(*text, entry.value_at, draft, all, report);
    }
  }
  draft.settings = Settings::read("listen", table_at, all, report);
  apply(draft.settings, draft.listen);
  if (draft.place && draft.listen.kind == DoorKind::raw && draft.settings.mentions("notices"))
    report.add(draft.settings.at("notices", draft.at),
               fmt::format("{}: raw clients never get notices: leave 'notices' out", draft.listen.text));
  return draft;
}

}  // namespace charmux::config
