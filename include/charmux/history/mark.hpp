// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "charmux/base/units.hpp"

namespace charmux::history {

/// What a mark says. The numbers are those of the file.
enum class MarkKind : std::uint32_t {
  not_recorded = 0,  ///< nobody read the source from `from` to `to`
  leftover = 1,  ///< the `bytes` that follow were waiting in a pty when it was opened; `from` and `to` are that moment
  unverified = 2,  ///< the history before it comes from before a power cut: `from` its last sign of life, `to` now
};

/// A fact about the stream. It stands before the byte at `offset`.
struct Mark {
  std::uint64_t offset = 0;
  MarkKind kind = MarkKind::not_recorded;
  WallTime from;
  WallTime to;
  std::uint64_t bytes = 0;
};

/// A mark and its number. Numbers rise from 1 and are never used twice; offsets never fall as numbers rise.
struct NumberedMark {
  std::uint64_t number = 0;
  Mark mark;
};

}  // namespace charmux::history
