// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "charmux/base/bytes.hpp"
#include "charmux/history/mark.hpp"

namespace charmux::history {

class Ring;

/// So many bytes were overwritten before this reader took them.
struct Gap {
  std::uint64_t bytes = 0;
};

/// A reader's place in a ring: an absolute offset and the number of the last mark it was told. It holds no bytes: what
/// peek() showed is the ring's, and valid until the ring's next window(). Owned by the reader; the ring outlives it and
/// does not move. Used by the ring's thread.
class Cursor {
 public:
  /// Begins at `offset` (at most the ring's head) and is told the marks numbered above `marks_seen`: those in its way
  /// with ring.marks_before(offset), later ones only with ring.last_mark_number().
  Cursor(const Ring& ring, std::uint64_t offset, std::uint64_t marks_seen);

  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  /// Bytes between here and the newest.
  [[nodiscard]] std::uint64_t lag() const;

  /// What comes next, the first that applies: a Gap when the ring has overwritten bytes from here on; the oldest Mark
  /// not told yet that stands at or before offset(), also one that was jumped over; else bytes, at most `most` and up
  /// to the next mark, none at the head. So a reader who was lapped hears of the gap, resynchronises, and then hears
  /// the marks that lay in it.
  [[nodiscard]] std::variant<BytesView, Gap, Mark> peek(std::size_t most) const;
  /// The first `n` of the bytes that peek() showed were taken.
  void commit(std::size_t n);
  /// The mark that peek() showed was told. Nothing was added to the ring in between.
  void pass_mark();
  /// Resynchronises: goes on at `offset`, from offset() to the ring's head.
  void skip_to(std::uint64_t offset);

 private:
  const Ring* ring_;
  std::uint64_t offset_;
  std::uint64_t marks_seen_;
};

}  // namespace charmux::history
