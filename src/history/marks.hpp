// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "charmux/history/mark.hpp"
#include "history/ring_header.hpp"

namespace charmux::history {

// The marks in a ring's header: the newest 64, in slots that are used again in turn. A slot is emptied before it is
// filled and counted only when it is full, so that a process killed while it writes one loses at most the oldest.

/// Adds a mark, its offset counted from 0, under the next number.
void store_mark(RingHeader& header, const Mark& mark);
/// The newest mark of this kind at this offset, counted from 0.
[[nodiscard]] std::optional<NumberedMark> mark_at(const RingHeader& header, MarkKind kind, std::uint64_t offset);
/// Takes a mark away. Its number is not used again.
void forget_mark(RingHeader& header, std::uint64_t number);
/// The oldest mark kept whose number is above `after_number`.
[[nodiscard]] std::optional<NumberedMark> next_stored_mark(const RingHeader& header, std::uint64_t after_number);

/// Whether the marks could have been written by store_mark() in a history that ends at the header's head.
[[nodiscard]] bool marks_are_sound(const RingHeader& header);
/// Takes all marks away.
void forget_all_marks(RingHeader& header);

}  // namespace charmux::history
