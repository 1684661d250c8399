// SPDX-License-Identifier: Apache-2.0
#include "charmux/history/cursor.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

#include "charmux/history/ring.hpp"

namespace charmux::history {

Cursor::Cursor(const Ring& ring, std::uint64_t offset, std::uint64_t marks_seen)
    : ring_(&ring), offset_(offset), marks_seen_(marks_seen) {
  assert(offset <= ring.head());
}

std::uint64_t Cursor::lag() const { return ring_->head() - offset_; }

std::variant<BytesView, Gap, Mark> Cursor::peek(std::size_t most) const {
  const std::uint64_t tail = ring_->tail();
  if (offset_ < tail) return Gap{tail - offset_};
  const std::optional<NumberedMark> next = ring_->next_mark(marks_seen_);
  if (!next) return ring_->view(offset_, most);
  if (next->mark.offset <= offset_) return next->mark;
  return ring_->view(offset_, std::min(most, next->mark.offset - offset_));
}

void Cursor::commit(std::size_t n) {
  assert(n <= lag());
  offset_ += n;
}

void Cursor::pass_mark() {
  const std::optional<NumberedMark> next = ring_->next_mark(marks_seen_);
  assert(next && next->mark.offset <= offset_);
  if (next) marks_seen_ = next->number;
}

void Cursor::skip_to(std::uint64_t offset) {
  assert(offset_ <= offset && offset <= ring_->head());
  offset_ = offset;
}

}  // namespace charmux::history
