// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "charmux/base/bytes.hpp"

namespace charmux::protocol {

// Where terminal output may be cut: to put a notice between two of its bytes, or to begin a replay.
//
// A *sequence* is an escape sequence (ECMA-48: ESC, CSI, OSC, DCS, APC, PM, SOS) or a UTF-8 character of several bytes.
// An OSC ends at BEL or ST, the other strings at ST; CAN and SUB abort any, and ESC begins a new one. The 8-bit C1
// controls are not controls here: in UTF-8 they are parts of characters. Of a broken character only what could still
// become one counts. A *line start* is the first byte of the stream and what follows an LF outside any sequence; a bare
// CR makes none, since the line it returns to is not empty.

/// A point between two bytes of terminal output.
struct TextPosition {
  bool line_start;
  bool inside_sequence;

  friend bool operator==(const TextPosition&, const TextPosition&) = default;
};

/// The position after `before`: the newest output up to the point, some KiB of it. What stood before that is taken to
/// have ended in no sequence; with an ESC, CAN or SUB in `before` the answer does not depend on it. After nothing: a
/// line start.
[[nodiscard]] TextPosition position_after(BytesView before);

/// How many bytes of `next` must still pass until the point is outside any sequence, given what came before it; 0 when
/// it is so already, nothing when `next` does not get there.
[[nodiscard]] std::optional<std::size_t> bytes_to_boundary(BytesView before, BytesView next);

/// Bytes before the earliest possible beginning of a replay that are looked at for a sequence that is open there.
inline constexpr std::size_t kSequenceLookback = std::size_t{64} * 1024;

/// Where in `history` a replay of its last `want` bytes should begin: at the last line start that gives at least `want`
/// bytes. When that line began more than `slack` bytes earlier, or before the history: where the `want` bytes begin, or
/// at the first point after it that is outside any sequence. When a sequence that is open there does not end in the
/// history: at its beginning, or, where that too is more than `slack` bytes earlier, at the `want` bytes in spite of
/// it, since its text is worth more than nothing. `history_is_whole` says that history[0] is the first byte ever, a
/// line start. Reads at most kSequenceLookback + slack bytes before the `want` bytes, and of these as far as a sequence
/// reaches.
[[nodiscard]] std::size_t replay_start(BytesView history, std::size_t want, std::size_t slack, bool history_is_whole);

}  // namespace charmux::protocol
