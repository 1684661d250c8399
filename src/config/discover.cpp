// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "charmux/address/libvirt_uri.hpp"
#include "charmux/address/parts.hpp"
#include "config/draft.hpp"

namespace charmux::config {
namespace {

void check_pattern(const Origin& at, const std::string& pattern, Report& report) {
  if (is_directory(pattern))
    return report.add(at, fmt::format("{} is a directory: write a socket's path or a pattern such as '/run/qemu/*.qmp'",
                                      address::in_quotes(pattern)));
  // A glob is longer than what it leads to; how long that is shows when it is there.
  if (pattern.find_first_of("*?[\\") != std::string::npos) return;
  if (const auto path = address::parse_socket_path(pattern); !path) report.add(at, path.error().text);
}

/// A table is for QEMU's monitors or for libvirt.
void check_kind(const Origin& table_at, const Settings& settings, Report& report) {
  const bool qmp = settings.mentions("qmp");
  const bool libvirt = settings.mentions("libvirt");
  if (!qmp && !libvirt)
    report.add(table_at,
               "[[discover]] needs the key 'libvirt' or 'qmp': write libvirt = \"qemu:///system\", or "
               "qmp = \"/run/qemu/*.qmp\"");
  if (qmp && libvirt) report.add(table_at, "[[discover]] has both 'libvirt' and 'qmp': write a [[discover]] for each");
  for (const std::string_view key : {"virsh", "qemu_monitor"})
    if (qmp && !libvirt && settings.mentions(key))
      report.add(settings.at(key, table_at),
                 fmt::format("'{}' in [[discover]] is for libvirt, and this one is for qmp: leave it out", key));
}

void read_libvirt(const Settings& settings, DiscoverDraft& draft, Report& report) {
  Discover& discover = draft.discover;
  std::string virsh;
  settings.take("virsh", virsh);
  if (virsh == "refuse") discover.virsh = Virsh::refuse;
  std::string monitor;
  settings.take("qemu_monitor", monitor);
  if (monitor == "never") discover.qemu_monitor = QemuMonitor::never;
  if (!settings.has("libvirt")) return;
  if (const Status good = address::check_libvirt_uri(discover.text); !good)
    return report.add(draft.at, good.error().text);
  discover.libvirt = discover.text;
}

}  // namespace

bool is_directory(std::string_view path) {
  const std::string_view last = path.substr(path.rfind('/') + 1);
  return last.empty() || last == "." || last == "..";
}

void check_globs(std::string_view table, const Settings& settings, std::string_view key,
                 const std::vector<std::string>& globs, const Origin& otherwise, Report& report) {
  const auto has_nul = [](const std::string& glob) { return glob.find('\0') != std::string::npos; };
  if (std::any_of(globs.begin(), globs.end(), has_nul))
    report.add(settings.at(key, otherwise),
               fmt::format("'{}' in {} cannot hold a NUL byte, and no name has one", key, table_text(table)));
}

DiscoverDraft read_discover(const Origin& table_at, const std::vector<Entry>& entries, Report& report) {
  DiscoverDraft draft;
  const Settings settings = Settings::read("discover", table_at, entries, report);
  Discover& discover = draft.discover;
  draft.at = settings.at("libvirt", settings.at("qmp", table_at));
  settings.take("qmp", discover.qmp);
  settings.take("prefix", discover.prefix);
  settings.take("only", discover.only);
  settings.take("except", discover.except);
  discover.text = discover.qmp;
  settings.take("libvirt", discover.text);
  if (settings.has("qmp")) check_pattern(settings.at("qmp", table_at), discover.qmp, report);
  check_kind(table_at, settings, report);
  read_libvirt(settings, draft, report);
  if (discover.prefix.find('\0') != std::string::npos)
    report.add(settings.at("prefix", table_at), "'prefix' in [[discover]] cannot hold a NUL byte");
  check_globs("discover", settings, "only", discover.only, table_at, report);
  check_globs("discover", settings, "except", discover.except, table_at, report);
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

void add_libvirt(std::string_view argument, Draft& draft, Report& report) {
  const Origin at{0, 0, "--libvirt"};
  DiscoverDraft& added = draft.discovers.emplace_back();
  added.at = at;
  added.discover.text = argument;
  if (const Status good = address::check_libvirt_uri(argument); !good) return report.add(at, good.error().text);
  added.discover.libvirt = argument;
}

}  // namespace charmux::config
