// SPDX-License-Identifier: Apache-2.0
#include "frontend/display_width.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace charmux::frontend {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Blocks, not single characters: what names are written with comes out right, and the tables stay readable.
constexpr Range kNone[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
                           {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064},
                           {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF}};
constexpr Range kTwo[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},  {0x3041, 0x4DBF},   {0x4E00, 0xA4CF},
                          {0xA960, 0xA97C},   {0xAC00, 0xD7A3},  {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
                          {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF},
                          {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD}};

template <std::size_t N>
bool is_in(const Range (&ranges)[N], std::uint32_t point) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [&](const Range& range) { return point >= range.first && point <= range.last; });
}

std::size_t width_of(std::uint32_t point) {
  if (is_in(kNone, point)) return 0;
  return is_in(kTwo, point) ? 2 : 1;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<std::uint8_t>(text[i++]);
    std::uint32_t point = first < 0x80   ? first
                          : first < 0xE0 ? first & 0x1Fu
                          : first < 0xF0 ? first & 0x0Fu
                                         : first & 7u;
    for (; i < text.size() && (static_cast<std::uint8_t>(text[i]) & 0xC0) == 0x80; ++i)
      point = point << 6 | (static_cast<std::uint8_t>(text[i]) & 0x3Fu);
    width += width_of(point);
  }
  return width;
}

std::string padded(std::string text, std::size_t width) {
  const std::size_t have = display_width(text);
  if (have < width) text.append(width - have, ' ');
  return text;
}

}  // namespace charmux::frontend
