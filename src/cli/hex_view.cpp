// SPDX-License-Identifier: Apache-2.0
#include "cli/hex_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace charmux::cli {
namespace {

constexpr std::size_t kInLine = 16;

std::string first_line(const Passed& passed) {
  const auto second = std::chrono::floor<std::chrono::seconds>(passed.at);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(passed.at - second).count();
  return fmt::format("{} {}.{:06} offset {}, {} byte{}\n", passed.direction, clock_text(passed.at), micros,
                     passed.offset, passed.bytes.size(), passed.bytes.size() == 1 ? "" : "s");
}

void add_line(std::string& out, std::uint64_t offset, BytesView bytes) {
  fmt::format_to(std::back_inserter(out), "{:08x} ", offset);
  for (std::size_t i = 0; i < kInLine; ++i) {
    if (i == kInLine / 2) out += ' ';
    if (i < bytes.size())
      fmt::format_to(std::back_inserter(out), " {:02x}", std::to_integer<unsigned>(bytes[i]));
    else
      out += "   ";
  }
  out += "  |";
  for (const char byte : as_text(bytes)) out += byte >= ' ' && byte <= '~' ? byte : '.';
  out += "|\n";
}

}  // namespace

std::string hex_view(const Passed& passed) {
  std::string out = first_line(passed);
  for (std::size_t at = 0; at < passed.bytes.size(); at += kInLine)
    add_line(out, passed.offset + at, passed.bytes.subspan(at, std::min(kInLine, passed.bytes.size() - at)));
  return out;
}

}  // namespace charmux::cli
