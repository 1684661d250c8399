// SPDX-License-Identifier: Apache-2.0
#include "config/draft.hpp"

#include <algorithm>

#include "charmux/base/text.hpp"

namespace charmux::config {
namespace {

bool is_table(std::string_view name) {
  const auto tables = known_tables();
  return std::find(tables.begin(), tables.end(), name) != tables.end();
}

void report_unknown_table(const Section& section, Report& report) {
  const std::string_view near = nearest(section.name, known_tables());
  const std::string what = section.is_list ? "[[" + section.name + "]]" : "[" + section.name + "]";
  if (!near.empty())
    return report.add(section.at, fmt::format("unknown table {}: did you mean {}?", what, table_text(near)));
  std::vector<std::string> tables;
  for (const std::string_view table : known_tables()) tables.push_back(table_text(table));
  const std::vector<std::string_view> views(tables.begin(), tables.end());
  report.add(section.at, fmt::format("unknown table {}: use {}", what, either_of(views)));
}

struct OptionValue {
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(std::uint64_t number) const { return fmt::format("{}", number); }
  std::string operator()(const auto&) const { return {}; }
};

/// The keys that are options of the backend's address.
std::vector<address::Option> backend_options(const Settings& settings) {
  std::vector<address::Option> options;
  for (const KeyInfo& key : known_keys()) {
    const SettingValue* const value = key.table == "console" && key.option ? settings.value(key.name) : nullptr;
    if (value == nullptr) continue;
    if (const bool* const flag = std::get_if<bool>(value)) {
      if (*flag) options.push_back({std::string(key.name), std::nullopt});
    } else {
      options.push_back({std::string(key.name), std::visit(OptionValue{}, *value)});
    }
  }
  return options;
}

ConsoleDraft read_console(const Section::Table& table, Report& report) {
  ConsoleDraft console{table.at, {}, {}, Settings::read("console", table.at, table.entries, report)};
  const Settings& settings = console.settings;
  settings.take("name", console.name);
  if (const Status good = address::check_name(console.name); !good && settings.has("name"))
    report.add(settings.at("name", table.at), good.error().text);
  check_log("console", settings, report);
  std::string backend;
  settings.take("backend", backend);
  if (!settings.has("backend")) return console;
  Result<address::Backend> parsed = address::parse_backend(backend, backend_options(settings));
  if (parsed)
    console.backend = std::move(*parsed);
  else
    report.add(settings.at("backend", table.at), fmt::format("{}: {}", backend, parsed.error().text));
  return console;
}

void read_section(const Section& section, Draft& draft, Report& report) {
  if (!is_table(section.name)) return report_unknown_table(section, report);
  if (section.is_list != is_list(section.name))
    return report.add(section.at, fmt::format("'{}' must be written {}", section.name, table_text(section.name)));
  for (const Section::Table& table : section.tables) {
    if (section.name == "console")
      draft.consoles.push_back(read_console(table, report));
    else if (section.name == "listen")
      draft.listens.push_back(read_listen(table.at, table.entries, report));
    else if (section.name == "discover")
      draft.discovers.push_back(read_discover(table.at, table.entries, report));
    else if (section.name == "match")
      draft.matches.push_back(read_match(table.at, table.entries, report));
    else if (section.name == "user")
      draft.users.push_back(read_user(table, report));
    else if (section.name == "group")
      draft.groups.push_back(read_group(table, report));
    else if (section.name == "tls")
      read_tls(table, draft, report);
    else if (section.name == "audit")
      draft.audit = {table.at, Settings::read(section.name, table.at, table.entries, report)};
    else
      (section.name == "history" ? draft.history : draft.limits) =
          Settings::read(section.name, table.at, table.entries, report);
  }
}

}  // namespace

Draft read_draft(const Document& document, Report& report) {
  Draft draft;
  std::vector<Entry> keys;
  for (const Entry& entry : document.top) {
    if (is_table(entry.key))
      report.add(entry.key_at, fmt::format("'{}' must be written {}", entry.key, table_text(entry.key)));
    else
      keys.push_back(entry);
  }
  draft.top = Settings::read("", {}, keys, report);
  for (const Section& section : document.sections) read_section(section, draft, report);
  return draft;
}

void add_console(std::string_view argument, Draft& draft, Report& report) {
  const Origin at{0, 0, "--console"};
  Result<address::NamedBackend> parsed = address::parse_console(argument);
  if (parsed) {
    draft.consoles.push_back({at, std::move(parsed->name), std::move(parsed->backend), {}});
    return;
  }
  report.add(at, fmt::format("{}: {}", argument, parsed.error().text));
  // Its listeners are not wrong because its backend is: the name is kept.
  draft.consoles.push_back({at, std::string(argument.substr(0, argument.find('='))), {}, {}});
}

void add_listen(std::string_view argument, Draft& draft, Report& report) {
  const Origin at{0, 0, "--listen"};
  draft.listens.push_back(read_listen(at, {{"address", at, std::string(argument), at}}, report));
}

}  // namespace charmux::config
