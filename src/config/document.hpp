// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "config/report.hpp"

namespace charmux::config {

/// A value of a kind that no key takes, by its name: "an array", "a float".
struct OtherKind {
  std::string_view name;
};

using Value = std::variant<std::string, std::int64_t, bool, std::vector<std::string>, OtherKind>;

/// A key and its value as they stand in the file, or an option of an address: then `is_option`, and a value of true
/// stands for an option without '='.
struct Entry {
  std::string key;
  Origin key_at;
  Value value;
  Origin value_at;
  bool is_option = false;
};

/// One [name], or all the [[name]] of one name.
struct Section {
  std::string name;
  Origin at;
  bool is_list = false;
  struct Table {
    Origin at;
    std::vector<Entry> entries;
    std::string name{};           ///< of one inside another: the last part of [section.name].
    Origin name_at{};             ///< where that stands.
    std::vector<Table> tables{};  ///< those inside; each is an entry too, whose value is OtherKind "a table".
  };
  std::vector<Table> tables;
};

/// A TOML file as charmux uses TOML: keys at the top, tables, lists of tables, tables inside a table ([tls.lab]), and
/// nothing deeper. What the names mean is not looked at. This is all that the rest of the room sees of the TOML
/// library.
struct Document {
  std::vector<Entry> top;
  std::vector<Section> sections;
};

/// The document, or its first syntax error. Everything is in the order of the file.
[[nodiscard]] tl::expected<Document, Problem> read_document(std::string_view text, std::string_view file);

}  // namespace charmux::config
