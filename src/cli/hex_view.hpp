// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "charmux/base/bytes.hpp"
#include "charmux/base/units.hpp"

namespace charmux::cli {

/// One read from a backend, or one write to it.
struct Passed {
  char direction;  ///< '<' from the backend, '>' to it
  WallTime at;
  std::uint64_t offset;  ///< of its first byte, among all that went in that direction
  BytesView bytes;
};

/// It as people read it: a line `< 14:02:11.123456 offset 0, 5 bytes` (local time), then the bytes as hexdump(1) -C
/// prints them, 16 a line, each line with the offset of its first.
[[nodiscard]] std::string hex_view(const Passed& passed);

}  // namespace charmux::cli
