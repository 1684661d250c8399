// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/words.hpp"

#include <array>
#include <charconv>
#include <optional>

#include "charmux/address/parts.hpp"

namespace charmux::address {
namespace {

constexpr std::string_view kSpace = " \t\n\r";
// The character behind the backslash, and what both mean; \s is systemd's own.
constexpr std::string_view kLetters = "abfnrtvs\\\"'";
constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v \\\"'";

struct Numeric {
  std::size_t skip;    ///< characters before the digits.
  std::size_t digits;  ///< as many of them, no fewer.
  int base;
  bool is_character;  ///< of Unicode; else a byte.
};

std::optional<Numeric> numeric(char letter) {
  if (letter == 'x') return Numeric{1, 2, 16, false};
  if (letter == 'u') return Numeric{1, 4, 16, true};
  if (letter == 'U') return Numeric{1, 8, 16, true};
  if (letter >= '0' && letter <= '7') return Numeric{0, 3, 8, false};
  return std::nullopt;
}

std::string utf8(std::uint32_t character) {
  const auto tail = [character](unsigned shift) { return static_cast<char>(0x80U | (character >> shift & 0x3FU)); };
  if (character < 0x80) return {static_cast<char>(character)};
  if (character < 0x800) return {static_cast<char>(0xC0U | character >> 6U), tail(0)};
  if (character < 0x10000) return {static_cast<char>(0xE0U | character >> 12U), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | character >> 18U), tail(12), tail(6), tail(0)};
}

/// Takes the escape behind a backslash off the front of `rest`.
std::optional<std::string> unescape(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  if (const std::size_t at = kLetters.find(rest[0]); at != std::string_view::npos) {
    rest.remove_prefix(1);
    return std::string(1, kMeanings[at]);
  }
  const std::optional<Numeric> kind = numeric(rest[0]);
  if (!kind || rest.size() < kind->skip + kind->digits) return std::nullopt;
  const std::string_view digits = rest.substr(kind->skip, kind->digits);
  std::uint32_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, kind->base);
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  const bool too_much = kind->is_character ? value > 0x10FFFF || surrogate : value > 0xFF;
  if (read.ptr != digits.data() + digits.size() || value == 0 || too_much) return std::nullopt;
  rest.remove_prefix(kind->skip + kind->digits);
  return kind->is_character ? utf8(value) : std::string(1, static_cast<char>(value));
}

tl::unexpected<Error> bad_escape(std::string_view line, std::string_view rest) {
  const std::string_view shown = rest.substr(0, 1);
  return failure("{} has an escape '\\{}' that there is not: write \\\\ for a backslash", in_quotes(line),
                 in_quotes(shown).substr(1, in_quotes(shown).size() - 2));
}

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view line) {
  if (line.find('\0') != std::string_view::npos) return failure("a command line cannot hold a NUL byte");
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  for (std::string_view rest = line; !rest.empty();) {
    const char c = rest[0];
    rest.remove_prefix(1);
    if (quote == 0 && kSpace.find(c) != std::string_view::npos) {
      in_word = false;
      continue;
    }
    if (!std::exchange(in_word, true)) words.emplace_back();
    if (c == '\\') {
      const std::optional<std::string> meant = unescape(rest);
      if (!meant) return bad_escape(line, rest);
      words.back() += *meant;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else {
      words.back() += c;
    }
  }
  if (quote != 0) return failure("{} has a {} that is not closed", in_quotes(line), quote);
  return words;
}

}  // namespace charmux::address
