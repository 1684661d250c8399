// SPDX-License-Identifier: Apache-2.0
#include "config/settings.hpp"

#include <algorithm>

#include "charmux/address/parts.hpp"
#include "charmux/base/text.hpp"
#include "config/value.hpp"

namespace charmux::config {
namespace {

using address::in_quotes;

const KeyInfo* find_key(std::string_view table, const Entry& entry) {
  for (const KeyInfo& key : known_keys())
    if (key.table == table && key.name == entry.key && (key.option || !entry.is_option)) return &key;
  return nullptr;
}

std::vector<std::string> names_of(std::string_view table, bool options) {
  std::vector<std::string> names;
  for (const KeyInfo& key : known_keys())
    if (key.table == table && (key.option || !options)) names.emplace_back(key.name);
  // Tables stand beside the keys at the top of a file, so they too are what may have been meant there.
  if (table.empty())
    for (const std::string_view each : known_tables()) names.push_back(table_text(each));
  return names;
}

std::string unknown_key(std::string_view table, const Entry& entry, std::string_view name) {
  const std::vector<std::string> known = names_of(table, entry.is_option);
  const std::vector<std::string_view> names(known.begin(), known.end());
  const std::string_view near = nearest(entry.key, names);
  const std::string what = (entry.is_option ? "unknown " : "unknown key ") + key_text(table, entry, name);
  return near.empty() ? fmt::format("{}: use {}", what, either_of(names))
                      : fmt::format("{}: did you mean '{}'?", what, near);
}

}  // namespace

std::string key_text(std::string_view table, const Entry& entry, std::string_view name) {
  if (entry.is_option) return "option " + in_quotes(entry.key);
  return table.empty() ? in_quotes(entry.key) : fmt::format("{} in {}", in_quotes(entry.key), table_text(table, name));
}

Settings Settings::read(std::string_view table, const Origin& at, const std::vector<Entry>& entries, Report& report,
                        std::string_view name) {
  Settings settings;
  for (const Entry& entry : entries) {
    settings.mentioned_.push_back(entry.key);
    const KeyInfo* const key = find_key(table, entry);
    if (key == nullptr) {
      report.add(entry.key_at, unknown_key(table, entry, name));
      continue;
    }
    Result<SettingValue> value = fit(*key, entry);
    if (value)
      settings.settings_.push_back({key, std::move(*value), entry.value_at});
    else
      report.add(entry.value_at, key_text(table, entry, name) + value.error().text);
  }
  for (const KeyInfo& key : known_keys())
    if (key.table == table && key.required && !settings.mentions(key.name))
      report.add(at, fmt::format("{} needs the key '{}'", table_text(table, name), key.name));
  return settings;
}

const Settings::Setting* Settings::find(std::string_view name) const {
  for (const Setting& setting : settings_)
    if (setting.key->name == name) return &setting;
  return nullptr;
}

bool Settings::mentions(std::string_view name) const {
  return std::find(mentioned_.begin(), mentioned_.end(), name) != mentioned_.end();
}

Origin Settings::at(std::string_view name, const Origin& otherwise) const {
  const Setting* const set = find(name);
  return set != nullptr ? set->at : otherwise;
}

}  // namespace charmux::config
