// SPDX-License-Identifier: Apache-2.0
#include "history/marks.hpp"

#include <algorithm>

#include "history/stored.hpp"

namespace charmux::history {
namespace {

std::size_t slot_of(const RingHeader& header, std::uint64_t number) { return (number - 1) % header.marks.size(); }

/// The number that the oldest of a full table bears.
std::uint64_t oldest_number(const RingHeader& header) {
  const std::uint64_t newest = fetch(header.last_mark);
  return newest > header.marks.size() ? newest - header.marks.size() + 1 : 1;
}

Mark loaded(const RingHeader& header, const StoredMark& stored) {
  return {header.base + stored.offset, static_cast<MarkKind>(stored.kind), wall_time(stored.from), wall_time(stored.to),
          stored.bytes};
}

}  // namespace

void store_mark(RingHeader& header, const Mark& mark) {
  const std::uint64_t number = fetch(header.last_mark) + 1;
  StoredMark& slot = header.marks[slot_of(header, number)];
  publish(slot.number, 0);
  publish(slot.offset, mark.offset - header.base);
  publish(slot.kind, static_cast<std::uint32_t>(mark.kind));
  publish(slot.from, wall_ns(mark.from));
  publish(slot.to, wall_ns(mark.to));
  publish(slot.bytes, mark.bytes);
  publish(slot.number, number);
  publish(header.last_mark, number);
}

std::optional<NumberedMark> mark_at(const RingHeader& header, MarkKind kind, std::uint64_t offset) {
  for (std::uint64_t number = fetch(header.last_mark); number >= oldest_number(header); --number) {
    const StoredMark& slot = header.marks[slot_of(header, number)];
    if (slot.number != number) continue;
    const Mark mark = loaded(header, slot);
    if (mark.offset != offset) break;
    if (mark.kind == kind) return NumberedMark{number, mark};
  }
  return std::nullopt;
}

void forget_mark(RingHeader& header, std::uint64_t number) { publish(header.marks[slot_of(header, number)].number, 0); }

std::optional<NumberedMark> next_stored_mark(const RingHeader& header, std::uint64_t after_number) {
  const std::uint64_t newest = fetch(header.last_mark);
  if (after_number >= newest) return std::nullopt;
  for (std::uint64_t number = std::max(after_number + 1, oldest_number(header)); number <= newest; ++number) {
    const StoredMark& slot = header.marks[slot_of(header, number)];
    if (slot.number == number) return NumberedMark{number, loaded(header, slot)};
  }
  return std::nullopt;
}

bool marks_are_sound(const RingHeader& header) {
  std::uint64_t least = 0;
  for (std::uint64_t number = oldest_number(header); number <= header.last_mark; ++number) {
    const StoredMark& slot = header.marks[slot_of(header, number)];
    // The slot after the newest, which is the oldest's, may be emptied, or filled but not counted yet.
    if (slot.number == 0 || slot.number == header.last_mark + 1) continue;
    if (slot.number != number || slot.offset < least || slot.offset > header.head) return false;
    if (slot.kind > static_cast<std::uint32_t>(MarkKind::unverified)) return false;
    least = slot.offset;
  }
  return true;
}

void forget_all_marks(RingHeader& header) {
  for (StoredMark& slot : header.marks) publish(slot.number, 0);
}

}  // namespace charmux::history
