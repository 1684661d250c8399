// SPDX-License-Identifier: Apache-2.0
#include "cli/table.hpp"

#include <clocale>
#include <cwchar>

#include <algorithm>

#include "charmux/base/text.hpp"

namespace charmux::cli {
namespace {

/// wcwidth(3) knows characters beyond ASCII in a UTF-8 locale only; glibc has one built in.
class Utf8Locale {
 public:
  Utf8Locale() : utf8_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (utf8_ != nullptr) before_ = uselocale(utf8_);
  }
  ~Utf8Locale() {
    if (utf8_ == nullptr) return;
    uselocale(before_);
    freelocale(utf8_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  locale_t utf8_;
  locale_t before_ = nullptr;
};

/// Takes one character off valid UTF-8.
wchar_t take_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  constexpr unsigned kLeadMask[] = {0x7F, 0x1F, 0x0F, 0x07};
  unsigned value = first & kLeadMask[length - 1];
  for (std::size_t i = 1; i < std::min(length, text.size()); ++i)
    value = value << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  text.remove_prefix(std::min(length, text.size()));
  return static_cast<wchar_t>(value);
}

}  // namespace

std::size_t display_width(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return text.size();
  const Utf8Locale utf8;
  std::size_t width = 0;
  while (!text.empty()) {
    const int columns = wcwidth(take_character(text));
    width += columns < 0 ? 1 : static_cast<std::size_t>(columns);
  }
  return width;
}

void Table::add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = cell.empty() ? "-" : printable(cell);
  cells.resize(rows_.front().size());
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  const std::size_t columns = rows_.front().size();
  std::vector<std::size_t> widths(columns, 0);
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  std::string out;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i + 1 < columns; ++i)
      out += row[i] + std::string(widths[i] - display_width(row[i]) + 2, ' ');
    out += row.back() + "\n";
  }
  return out;
}

}  // namespace charmux::cli
