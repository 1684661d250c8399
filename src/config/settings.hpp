// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "charmux/config/keys.hpp"
#include "charmux/config/port_range.hpp"
#include "config/document.hpp"
#include "config/report.hpp"

namespace charmux::config {

/// A value that fits its key: text, path and choice as a string, sizes and counts as a number.
using SettingValue =
    std::variant<std::string, std::vector<std::string>, std::uint64_t, std::chrono::milliseconds, PortRange, bool>;

/// What one table sets, each value checked against its row of known_keys(). What did not fit is reported and left out.
class Settings {
 public:
  /// `at`: where the table stands, for what is missing in it. An unknown key, a wrong type, a value out of bounds and a
  /// missing required key are reported. `name`: of a table that has one, as table_text() takes it.
  static Settings read(std::string_view table, const Origin& at, const std::vector<Entry>& entries, Report& report,
                       std::string_view name = {});

  /// Overwrites `into` if the key is set and good; T is the key's alternative of SettingValue.
  template <class T>
  void take(std::string_view name, T& into) const {
    if (const Setting* const set = find(name)) into = std::get<T>(set->value);
  }
  /// The same where `into` may stay empty. T is the alternative, into what it holds a number or text too.
  template <class T, class Into>
  void take_as(std::string_view name, std::optional<Into>& into) const {
    if (const Setting* const set = find(name)) into = static_cast<Into>(std::get<T>(set->value));
  }
  /// The key's good value, or null.
  [[nodiscard]] const SettingValue* value(std::string_view name) const {
    const Setting* const set = find(name);
    return set == nullptr ? nullptr : &set->value;
  }
  /// Whether the key is there at all, be its value good or not.
  [[nodiscard]] bool mentions(std::string_view name) const;
  /// Whether the key is there with a good value.
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Where the key's value stands, or `otherwise` if it has no good one.
  [[nodiscard]] Origin at(std::string_view name, const Origin& otherwise) const;

 private:
  struct Setting {
    const KeyInfo* key;
    SettingValue value;
    Origin at;
  };
  [[nodiscard]] const Setting* find(std::string_view name) const;

  std::vector<Setting> settings_;
  std::vector<std::string> mentioned_;
};

/// "'size' in [history]", "'state_dir'", "option 'replay'": how messages name a key.
[[nodiscard]] std::string key_text(std::string_view table, const Entry& entry, std::string_view name = {});

}  // namespace charmux::config
