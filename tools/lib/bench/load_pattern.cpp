// SPDX-License-Identifier: Apache-2.0
#include "load_pattern.hpp"

#include <fmt/format.h>

#include <random>

namespace bench {
namespace {

constexpr std::size_t kLines = std::size_t{16} * 1024;
constexpr char kIac = '\xff';

std::string text_block() {
  std::string block;
  for (std::size_t line = 0; line < kLines; ++line)
    block += fmt::format("{:010} the quick brown fox jumps over the lazy dog, 012345\r\n", line);
  return block + "\n";  // of odd length
}

/// One byte in 256 is 0xFF, as is to be expected.
std::string random_block() {
  std::mt19937_64 random(20260101);
  std::string block(kLines * 64 + 1, '\0');
  for (char& byte : block) byte = static_cast<char>(random() & 0xff);
  return block;
}

/// With its beginning once more.
std::string lengthened(const std::string& block) { return block + block.substr(0, kMost); }

}  // namespace

Pattern::Pattern(Output output, bool telnet) {
  const std::string block = output == Output::text ? text_block() : random_block();
  printed_period_ = block.size();
  printed_ = lengthened(block);
  if (telnet) double_iacs(block);
}

void Pattern::double_iacs(const std::string& block) {
  std::string wire;
  for (std::size_t i = 0; i < block.size(); ++i) {
    for (int times = block[i] == kIac ? 2 : 1; times > 0; --times) {
      console_bytes_.push_back(static_cast<std::uint32_t>(i));
      wire += block[i];
    }
  }
  wire_period_ = wire.size();
  wire_ = lengthened(wire);
}

std::string_view Pattern::printed(std::uint64_t offset, std::size_t most) const {
  return {printed_.data() + offset % printed_period_, most};
}

std::string_view Pattern::wire(std::uint64_t wire_offset, std::size_t most) const {
  if (wire_.empty()) return printed(wire_offset, most);
  return {wire_.data() + wire_offset % wire_period_, most};
}

std::uint64_t Pattern::console_bytes(std::uint64_t wire_bytes) const {
  if (wire_.empty()) return wire_bytes;
  return wire_bytes / wire_period_ * printed_period_ + console_bytes_[wire_bytes % wire_period_];
}

}  // namespace bench
