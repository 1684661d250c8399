// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "charmux/address/parts.hpp"
#include "charmux/base/text.hpp"
#include "config/draft.hpp"

namespace charmux::config {
namespace {

using address::in_quotes;

constexpr std::array<std::string_view, 3> kDoors = {"telnet", "raw", "rfc2217"};  ///< in the order of DoorKind

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
  if (parts->scheme == "web") return fail("web: listeners are not in this version: use telnet, raw or rfc2217");
  const auto* const door = std::find(kDoors.begin(), kDoors.end(), parts->scheme);
  if (door == kDoors.end()) return fail(address::unknown_scheme(parts->scheme, kDoors).text);
  draft.listen.kind = static_cast<DoorKind>(door - kDoors.begin());
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
  listen.writer = writer_mode(settings);
  if (!telnet) listen.replay = 0;
  if (settings.has("replay")) settings.take("replay", listen.replay.emplace());
  settings.take("insecure", listen.insecure);
  settings.take("tls", listen.tls);
  settings.take("user", listen.user);
}

/// The escape sequence, where there may be one.
void apply_keys(const Settings& settings, const Origin& at, Listen& listen, Report& report) {
  std::string keys = listen.kind == DoorKind::telnet ? "on" : "off";
  settings.take("keys", keys);
  if (keys == "off") return;
  listen.keys.emplace();
  if (keys == "on") return;
  if (const Result<EscapeSequence> parsed = parse_escape_sequence(keys))
    listen.keys = *parsed;
  else
    report.add(settings.at("keys", at),
               fmt::format("{}: 'keys' must be on, off or two keys such as ^Ec: {}", listen.text, parsed.error().text));
}

/// The networks that a key lists, or an option between its commas.
std::vector<address::Network> networks_of(std::string_view key, const Settings& settings, const Origin& at,
                                          const Listen& listen, Report& report) {
  std::vector<std::string> texts;
  settings.take(key, texts);
  std::vector<address::Network> networks;
  for (const std::string& text : texts) {
    if (const Result<address::Network> network = address::parse_network(text))
      networks.push_back(*network);
    else
      report.add(settings.at(key, at), fmt::format("{}: '{}': {}", listen.text, key, network.error().text));
  }
  return networks;
}

/// Options that contradict the listener's kind or place, or one another.
void check_sense(const ListenDraft& draft, Report& report) {
  const Listen& listen = draft.listen;
  for (const std::string_view only_telnet : {"notices", "keys"})
    if (listen.kind != DoorKind::telnet && draft.settings.mentions(only_telnet))
      report.add(draft.settings.at(only_telnet, draft.at),
                 fmt::format("{}: {} clients never get {}: leave '{}' out", listen.text, name_of(listen.kind),
                             only_telnet, only_telnet));
  if (listen.access == Access::watch && draft.settings.mentions("writer"))
    report.add(draft.settings.at("writer", draft.at),
               fmt::format("{}: with access=watch nobody types: leave 'writer' out", listen.text));
  if (std::holds_alternative<address::HostPort>(*draft.place)) return;
  const auto for_tcp = [&](std::string_view key, bool given) {
    if (given)
      report.add(draft.settings.at(key, draft.at),
                 fmt::format("{}: '{}' is for TCP, and this is a UNIX socket: leave it out", listen.text, key));
  };
  for_tcp("tls", !listen.tls.empty());
  for_tcp("allow", !listen.allow.empty());
  for_tcp("proxy-from", !listen.proxy_from.empty());
}

}  // namespace

std::string_view name_of(DoorKind kind) { return kDoors[static_cast<std::size_t>(kind)]; }

std::string door_text(const Listen& listen) {
  const std::string kind = std::string(name_of(listen.kind)) + ":";
  const auto* const host = std::get_if<address::HostPort>(&listen.place);
  if (!listen.ports || host == nullptr) return kind + address::to_text(listen.place);
  return fmt::format("{}{},ports={}-{}", kind, address::host_text(*host), listen.ports->low, listen.ports->high);
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
  apply_keys(draft.settings, draft.at, draft.listen, report);
  draft.listen.allow = networks_of("allow", draft.settings, draft.at, draft.listen, report);
  draft.listen.proxy_from = networks_of("proxy-from", draft.settings, draft.at, draft.listen, report);
  if (draft.place) check_sense(draft, report);
  return draft;
}

}  // namespace charmux::config
