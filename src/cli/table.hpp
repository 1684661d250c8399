// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace charmux::cli {

/// How many columns of a terminal a text takes that printable() has made. Not a byte count: UTF-8, wide and combining
/// characters are what wcwidth(3) says.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// A table for people: a line of titles, then a line a row. Columns are aligned, two spaces apart; a line ends with its
/// last character, so that a narrow terminal wraps no spaces. Cells are made printable; an empty one reads "-".
class Table {
 public:
  explicit Table(std::vector<std::string> titles) : rows_{std::move(titles)} {}

  /// As many cells as there are titles.
  void add(std::vector<std::string> cells);
  /// All lines, each with its line end.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace charmux::cli
