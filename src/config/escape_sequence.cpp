// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/escape_sequence.hpp"

#include <optional>

#include "charmux/base/text.hpp"

namespace charmux::config {
namespace {

// Ctrl-X is X less its two highest bits (ASCII); DEL is written ^?.
constexpr unsigned kControl = 0x1F;
constexpr unsigned kDelete = 0x7F;

/// Takes one key off the front.
std::optional<std::byte> take_key(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const auto first = static_cast<unsigned char>(text[0]);
  if (first <= kControl || first >= kDelete) return std::nullopt;
  if (first != '^' || text.size() == 1) {
    text.remove_prefix(1);
    return std::byte{first};
  }
  const char letter = text[1];
  text.remove_prefix(2);
  if (letter == '?') return std::byte{kDelete};
  if ((letter >= '@' && letter <= '_') || (letter >= 'a' && letter <= 'z'))
    return static_cast<std::byte>(static_cast<unsigned char>(letter) & kControl);
  return std::nullopt;
}

std::string text_of(std::byte key) {
  const auto value = std::to_integer<unsigned>(key);
  if (value <= kControl) return {'^', static_cast<char>(value + '@')};
  if (value == kDelete) return "^?";
  return printable(std::string_view(reinterpret_cast<const char*>(&key), 1));
}

}  // namespace

Result<EscapeSequence> parse_escape_sequence(std::string_view text) {
  std::string_view rest = text;
  const auto first = take_key(rest);
  const auto second = take_key(rest);
  if (!first || !second || !rest.empty())
    return failure("'{}' is no escape sequence: write two keys, each a character or ^X for Ctrl-X", printable(text));
  return EscapeSequence{*first, *second};
}

std::string text_of(EscapeSequence keys) { return text_of(keys.first) + text_of(keys.second); }

}  // namespace charmux::config
