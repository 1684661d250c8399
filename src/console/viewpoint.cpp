// SPDX-License-Identifier: Apache-2.0
#include "console/viewpoint.hpp"

#include <algorithm>
#include <cstring>

#include "charmux/protocol/text_boundary.hpp"

namespace charmux::console {
namespace {

/// A line that began longer before a replay's window than this is not gone back to.
constexpr std::size_t kLongLine = 4 * KiB;

}  // namespace

history::Cursor beginning(history::Ring& ring, const ViewerSettings& settings) {
  if (settings.replay == 0 && !settings.since) return {ring, ring.head(), ring.last_mark_number()};
  const std::uint64_t tail = ring.tail();
  if (settings.since) {
    // What is no more there shows as a gap, which is told like any other.
    const std::uint64_t start = std::min(*settings.since, ring.head());
    return {ring, start, ring.marks_before(start)};
  }
  const std::uint64_t want = std::min(settings.replay, ring.head() - tail);
  std::uint64_t start = ring.head() - want;
  if (settings.from_line_start)
    start = tail + protocol::replay_start(ring.view(tail, ring.head() - tail), want, kLongLine, tail == 0);
  return {ring, start, ring.marks_before(start)};
}

std::uint64_t resumption(const history::Ring& ring, const ViewerSettings& settings) {
  // Half a ring at most, or the viewer would fall out of it again at once.
  const std::uint64_t want = std::min({settings.replay, ring.size() / 2, ring.head() - ring.tail()});
  const std::uint64_t from = ring.head() - want;
  if (!settings.from_line_start) return from;
  const BytesView window = ring.view(from, want);
  const void* const line_end = want == 0 ? nullptr : std::memchr(window.data(), '\n', window.size());
  if (line_end == nullptr) return from;
  return from + static_cast<std::uint64_t>(static_cast<const std::byte*>(line_end) - window.data()) + 1;
}

}  // namespace charmux::console
