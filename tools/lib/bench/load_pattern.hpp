// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "load_options.hpp"

namespace bench {

/// The most that is read or printed at once.
constexpr std::size_t kMost = std::size_t{256} * 1024;

/// What a flooding guest prints: a block of about 1 MiB, again and again, of odd length, so that nothing that a
/// multiplexer drops, repeats or swaps looks right. And what of it a viewer has to see: the same, or with telnet the
/// same with each 0xFF doubled, so that a viewer need not decode to compare. Immutable.
class Pattern {
 public:
  Pattern(Output output, bool telnet);

  /// `most` bytes (at most kMost) of what is printed, from `offset` on.
  [[nodiscard]] std::string_view printed(std::uint64_t offset, std::size_t most) const;
  /// `most` bytes (at most kMost) of what is to be seen on the wire, from its byte number `wire_offset` on.
  [[nodiscard]] std::string_view wire(std::uint64_t wire_offset, std::size_t most) const;
  /// How many bytes of the console the first so many on the wire are. A half of a doubled one is none yet.
  [[nodiscard]] std::uint64_t console_bytes(std::uint64_t wire_bytes) const;

 private:
  void double_iacs(const std::string& block);

  std::size_t printed_period_ = 0;
  std::size_t wire_period_ = 0;
  std::string printed_;  ///< the block, and its first kMost bytes once more, so that whatever is asked is in one piece
  std::string wire_;     ///< empty: the same
  std::vector<std::uint32_t> console_bytes_;  ///< by wire offset
};

}  // namespace bench
