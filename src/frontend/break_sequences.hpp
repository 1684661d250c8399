// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace charmux::frontend {

/// What `l0` to `l9` send: a break, perhaps within text. 0 is a plain break; the others are what conserver has there
/// unless its file says otherwise (conserver.cf(5), `break`; 8.2.7 lists them by ^Ecl?), of which only 1 to 4 are set.
struct BreakSequence {
  std::string_view written;         ///< as in conserver.cf: \z a break, \d a pause, \r CR, ^X Ctrl-X
  std::chrono::milliseconds pause;  ///< of each \d
};

/// By its digit; nothing: that one is not set.
[[nodiscard]] std::optional<BreakSequence> break_sequence(char digit);

/// A piece of one.
struct BreakStep {
  enum class Kind { text, brk, pause } kind;
  std::string text{};
};
/// Takes the first piece off the front of what is written of a sequence, which is not empty.
[[nodiscard]] BreakStep next_break_step(std::string_view& written);

/// All that are set, a line each without a line end behind the last.
[[nodiscard]] std::string break_list();

}  // namespace charmux::frontend
