// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/match.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "config/draft.hpp"

namespace charmux::config {
namespace {

bool any_fits(const std::vector<std::string>& globs, std::string_view name) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) { return fits(glob, name); });
}

/// Whether the glob has a part that fits more than one text; a character behind a backslash fits itself alone.
bool has_wildcard(std::string_view glob) {
  for (std::size_t i = 0; i < glob.size(); ++i) {
    if (glob[i] == '\\')
      ++i;
    else if (glob[i] == '*' || glob[i] == '?' || glob[i] == '[')
      return true;
  }
  return false;
}

}  // namespace

bool fits(const std::string& glob, std::string_view name) {
  return ::fnmatch(glob.c_str(), std::string(name).c_str(), 0) == 0;
}

bool offers(const Discover& discover, std::string_view name) {
  return (discover.only.empty() || any_fits(discover.only, name)) && !any_fits(discover.except, name);
}

const Discover* discover_for(const Config& config, std::string_view source) {
  const std::string path(source);
  const std::string_view uri = source.substr(0, source.rfind('#'));
  const auto at = std::find_if(config.discovers.begin(), config.discovers.end(), [&](const Discover& each) {
    if (!each.libvirt.empty()) return each.libvirt == source || each.libvirt == uri;
    return each.qmp == path || ::fnmatch(each.qmp.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
  });
  return at == config.discovers.end() ? nullptr : &*at;
}

bool wanted(const Config& config, const Discover* discover, std::string_view name) {
  return (discover == nullptr || offers(*discover, name)) && !settings_for(config, name).hide;
}

MatchSettings settings_for(const Config& config, std::string_view name) { return settings_for(config, name, name); }

MatchSettings settings_for(const Config& config, std::string_view name, std::string_view called) {
  MatchSettings settings{std::nullopt, false, config.history.size, config.history.replay,
                         config.history.max_guest_pause};
  for (const Match& match : config.matches) {
    if (!fits(match.console, name)) continue;
    if (match.port) settings.port = match.port;
    settings.hide = match.hide.value_or(settings.hide);
    settings.size = match.size.value_or(settings.size);
    settings.replay = match.replay.value_or(settings.replay);
    settings.max_guest_pause = match.max_guest_pause.value_or(settings.max_guest_pause);
    settings.log = match.log.value_or(settings.log);
    settings.typing = with(settings.typing, match.typing);
  }
  settings.replay = std::min(settings.replay, settings.size);
  settings.log = log_path(settings.log, called);
  return settings;
}

unsigned most_numbers(const Config& config) {
  unsigned most = 0;
  for (const Listen& listen : config.listens)
    if (listen.ports) most = std::max(most, listen.ports->size());
  return most;
}

std::optional<unsigned> number_at(const Config& config, std::uint16_t port) {
  for (const Listen& listen : config.listens)
    if (listen.ports && listen.ports->holds(port)) return port - listen.ports->low + 1U;
  return std::nullopt;
}

std::set<unsigned> pinned_numbers(const Config& config) {
  std::set<unsigned> numbers;
  const auto add = [&](const std::optional<std::uint16_t>& port) {
    if (!port) return;
    if (const auto number = number_at(config, *port)) numbers.insert(*number);
  };
  for (const Console& console : config.consoles) add(console.port);
  for (const Match& match : config.matches) add(match.port);
  return numbers;
}

MatchDraft read_match(const Origin& table_at, const std::vector<Entry>& entries, Report& report) {
  MatchDraft draft{table_at, {}, Settings::read("match", table_at, entries, report)};
  const Settings& own = draft.settings;
  Match& match = draft.match;
  draft.at = own.at("console", table_at);
  own.take("console", match.console);
  own.take_as<std::uint64_t>("port", match.port);
  own.take_as<bool>("hide", match.hide);
  own.take_as<std::uint64_t>("size", match.size);
  own.take_as<std::uint64_t>("replay", match.replay);
  own.take_as<std::chrono::milliseconds>("max_guest_pause", match.max_guest_pause);
  own.take_as<std::string>("log", match.log);
  match.typing = read_typing(own);
  if (own.has("console") && (match.console.empty() || match.console.find('\0') != std::string::npos))
    report.add(draft.at, "'console' in [[match]] fits no name: write a name, or a glob such as \"lab-*\"");
  if (match.port && has_wildcard(match.console))
    report.add(own.at("port", table_at), "'port' in [[match]] is for one console: write its name without wildcards");
  check_log("match", own, report);
  if (match.log && !log_has_name(*match.log) && has_wildcard(match.console)) {
    report.add(own.at("log", table_at),
               "'log' in [[match]] would be one file for many consoles: write %n where each one's name belongs");
    match.log.reset();  // and nothing more is said of it
  }
  return draft;
}

const Console* listening_at(const Config& config, std::string_view address) {
  const auto place = [](const address::Backend& at) -> std::optional<address::Place> {
    if (const auto* const path = std::get_if<address::UnixListen>(&at)) return path->at;
    if (const auto* const port = std::get_if<address::TcpListen>(&at)) return port->at;
    return std::nullopt;
  };
  const Result<address::Backend> wanted = address::parse_backend(address);
  if (!wanted || !place(*wanted)) return nullptr;
  for (const Console& console : config.consoles)
    if (const auto at = place(console.backend); at && address::overlap(*at, *place(*wanted))) return &console;
  return nullptr;
}

}  // namespace charmux::config
