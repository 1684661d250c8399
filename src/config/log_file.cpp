// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <map>

#include "charmux/address/parts.hpp"
#include "charmux/base/text.hpp"
#include "charmux/config/match.hpp"
#include "config/settle.hpp"

namespace charmux::config {
namespace {

using address::in_quotes;

/// Calls `take` with what stands before each '%' of the pattern and with that and its letter (the last one may have
/// none), in order. What is behind the last one is returned.
template <class Take>
std::string_view each_percent(std::string_view pattern, Take take) {
  for (std::size_t at = pattern.find('%'); at != std::string_view::npos; at = pattern.find('%')) {
    const std::string_view pair = pattern.substr(at, 2);
    take(pattern.substr(0, at), pair);
    pattern.remove_prefix(at + pair.size());
  }
  return pattern;
}

/// The name as a part of a path: percent-encoded, and never the beginning of a hidden file's name.
std::string as_component(std::string_view name) {
  std::string encoded = percent_encoded(name);
  if (!encoded.empty() && encoded[0] == '.') encoded.replace(0, 1, "%2E");
  return encoded;
}

/// A file that is a console's log, and whose.
struct Log {
  std::string what;  ///< "console 'a'", "[[match]] 'lab-1'"
  std::string path;
  Origin at;
};

/// Those that are known beforehand: a [[match]] with %n has as many as there will be names.
std::vector<Log> logs_of(const Draft& draft, const Config& config) {
  std::vector<Log> logs;
  for (std::size_t i = 0; i < draft.consoles.size(); ++i)
    if (const std::string& path = config.consoles[i].log; !path.empty())
      logs.push_back({"console " + in_quotes(draft.consoles[i].name), path,
                      draft.consoles[i].settings.at("log", draft.consoles[i].at)});
  for (const MatchDraft& each : draft.matches)
    if (each.match.log && !log_has_name(*each.match.log))
      logs.push_back({"[[match]] " + in_quotes(each.match.console), log_path(*each.match.log, {}),
                      each.settings.at("log", each.at)});
  return logs;
}

}  // namespace

std::string log_path(std::string_view pattern, std::string_view name) {
  std::string path;
  const std::string_view rest = each_percent(pattern, [&](std::string_view before, std::string_view pair) {
    path += before;
    path += pair == "%n" ? as_component(name) : std::string(pair == "%%" ? "%" : pair);
  });
  path += rest;
  return path;
}

bool log_has_name(std::string_view pattern) {
  bool found = false;
  static_cast<void>(each_percent(pattern, [&](std::string_view, std::string_view pair) { found |= pair == "%n"; }));
  return found;
}

void check_log(std::string_view table, const Settings& settings, Report& report) {
  if (!settings.has("log")) return;
  std::string pattern;
  settings.take("log", pattern);
  const Origin at = settings.at("log", {});
  const auto fail = [&](const std::string& why) {
    report.add(at, fmt::format("'log' in {}{}", table_text(table), why));
  };
  static_cast<void>(each_percent(pattern, [&](std::string_view, std::string_view pair) {
    if (pair != "%n" && pair != "%%")
      fail(fmt::format(" has {}, which stands for nothing: write %n for the console's name, %% for a percent sign",
                       in_quotes(pair)));
  }));
  if (is_directory(pattern))
    fail(
        fmt::format(" is a directory, {}: write a file's path, such as '/var/log/charmux/%n.log'", in_quotes(pattern)));
}

void settle_logs(const Draft& draft, const Config& config, Report& report) {
  std::map<std::string, const Log*> taken;
  const std::vector<Log> logs = logs_of(draft, config);
  for (const Log& log : logs) {
    // The same file written in another way, such as with two slashes, is the same file.
    const std::string file = std::filesystem::path(log.path).lexically_normal().string();
    const auto [earlier, is_new] = taken.emplace(file, &log);
    // Two tables for one name are one console's, of which the later wins.
    if (!is_new && earlier->second->what != log.what)
      report.add(log.at, fmt::format("{} has the 'log' of {} ({}): give each its own, such as with %n", log.what,
                                     earlier->second->what, report.where(earlier->second->at)));
  }
}

}  // namespace charmux::config
