// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace charmux::test {

/// The 256 byte values, each once.
inline std::string all_byte_values() {
  std::string all;
  for (int value = 0; value < 256; ++value) all += static_cast<char>(value);
  return all;
}

/// Lines "00000042\n" from number `first` to `last` - 1, so that what is lost or doubled is seen.
inline std::string numbered_lines(int first, int last) {
  std::string lines;
  for (int number = first; number < last; ++number) lines += fmt::format("{:08}\n", number);
  return lines;
}

/// How often `part` stands in `text`.
inline int count_of(std::string_view part, std::string_view text) {
  int times = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) ++times;
  return times;
}

}  // namespace charmux::test
