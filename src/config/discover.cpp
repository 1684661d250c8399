// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "charmux/address/parts.hpp"
#include "config/draft.hpp"

namespace charmux::config {
namespace {

constexpr std::string_view kLater = "libvirt is not in this version: use qmp";

/// What the whole of a configuration file may say of libvirt, which comes later.
bool is_later(const Entry& entry) {
  return entry.key == "libvirt" || entry.key == "virsh" || entry.key == "qemu_monitor";
}

void check_pattern(const Origin& at, const std::string& pattern, Report& report) {
  if (is_directory(pattern))
    return report.add(at, fmt::format("{} is a directory: write a socket's path or a pattern such as '/run/qemu/*.qmp'",
                                      address::in_quotes(pattern)));
  // A glob is longer than what it leads to; how long that is shows when it is there.
  if (pattern.find_first_of("*?[\\") != std::string::npos) return;
  if (const auto path = address::parse_socket_path(pattern); !path) report.add(at, path.error().text);
}

void check_globs(const Settings& settings, std::string_view key, const std::vector<std::string>& globs,
                 const Origin& otherwise, Report& report) {
  const auto has_nul = [](const std::string& glob) { return glob.find('\0') != std::string::npos; };
  if (std::any_of(globs.begin(), globs.end(), has_nul))
    report.add(settings.at(key, otherwise),
               fmt::format("'{}' in [[discover]] cannot hold a NUL byte, and no name has one", key));
}

}  // namespace

bool is_directory(std::string_view path) {
  const std::string_view last = path.substr(path.rfind('/') + 1);
  return last.empty() || last == "." || last == "..";
}

DiscoverDraft read_discover(const Origin& table_at, const std::vector<Entry>& entries, Report& report) {
  DiscoverDraft draft;
  draft.at = table_at;
  if (const auto later = std::find_if(entries.begin(), entries.end(), is_later); later != entries.end()) {
    report.add(later->key_at, fmt::format("'{}' in [[discover]]: {}", later->key, kLater));
    return draft;
  }
  const Settings settings = Settings::read("discover", table_at, entries, report);
  Discover& discover = draft.discover;
  draft.at = settings.at("qmp", table_at);
  settings.take("qmp", discover.qmp);
  settings.take("prefix", discover.prefix);
  settings.take("only", discover.only);
  settings.take("except", discover.except);
  discover.text = discover.qmp;
  if (settings.has("qmp")) check_pattern(draft.at, discover.qmp, report);
  if (discover.prefix.find('\0') != std::string::npos)
    report.add(settings.at("prefix", table_at), "'prefix' in [[discover]] cannot hold a NUL byte");
  check_globs(settings, "only", discover.only, table_at, report);
  check_globs(settings, "except", discover.except, table_at, report);
  return draft;
}

void add_qmp(std::string_view argument, Draft& draft, Report& report) {
  const Origin at{0, 0, "--qmp"};
  DiscoverDraft& added = draft.discovers.emplace_back();
  added.at = at;
  added.discover.text = argument;
  if (argument.empty() || argument[0] != '/')
    return report.add(
        at, fmt::format("{} is not an absolute path: write one that begins with '/'", address::in_quotes(argument)));
  added.discover.qmp = argument;
  check_pattern(at, added.discover.qmp, report);
}

}  // namespace charmux::config
