// SPDX-License-Identifier: Apache-2.0
#include "charmux/history/cursor.hpp"

#include "unit/history/history_kit.hpp"

using namespace charmux;
using namespace charmux::history;
using namespace charmux::history::kit;

namespace {

std::string bytes_at(const Cursor& reader, std::size_t most = 1 * MiB) {
  const auto next = reader.peek(most);
  REQUIRE(std::holds_alternative<BytesView>(next));
  return std::string(as_text(std::get<BytesView>(next)));
}

std::uint64_t gap_at(const Cursor& reader) {
  const auto next = reader.peek(100);
  REQUIRE(std::holds_alternative<Gap>(next));
  return std::get<Gap>(next).bytes;
}

Mark mark_at(const Cursor& reader) {
  const auto next = reader.peek(100);
  REQUIRE(std::holds_alternative<Mark>(next));
  return std::get<Mark>(next);
}

}  // namespace

TEST_CASE("readers at different places see the same stream, each at its own pace") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  put(ring, "hello, ");
  Cursor early(ring, 0, 0);
  Cursor late(ring, ring.head(), 0);
  CHECK(bytes_at(late).empty());
  put(ring, "world");
  CHECK(bytes_at(early, 5) == "hello");
  early.commit(3);
  CHECK(early.offset() == 3);
  CHECK(early.lag() == 9);
  CHECK(bytes_at(early) == "lo, world");
  CHECK(bytes_at(late) == "world");
  late.commit(5);
  CHECK(late.lag() == 0);
  CHECK(bytes_at(late).empty());
}

TEST_CASE("a reader exactly a whole ring behind has lost nothing; a byte later it has lost one") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  append(ring, pattern(0, 10));
  const Cursor reader(ring, 10, 0);
  append(ring, pattern(10, 64 * KiB));
  CHECK(reader.lag() == 64 * KiB);
  CHECK(bytes_at(reader) == pattern(10, 64 * KiB));
  put(ring, "x");
  CHECK(gap_at(reader) == 1);
}

TEST_CASE("a reader whose bytes are under a window is behind a gap") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  append(ring, pattern(0, 64 * KiB));
  const Cursor reader(ring, 5, 0);
  CHECK(bytes_at(reader, 1) == pattern(5, 1));
  (void)ring.window();
  CHECK(gap_at(reader) == 4 * KiB - 5);
}

TEST_CASE("a viewer a whole ring behind is told how many bytes it missed, to the byte") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  Cursor reader(ring, 0, 0);
  std::uint64_t received = 0;
  std::uint64_t missed = 0;
  for (int round = 0; round < 50; ++round) {
    append(ring, pattern(ring.head(), 7919 * static_cast<std::uint64_t>(round)));
    for (auto next = reader.peek(10'000); reader.lag() > 30'000; next = reader.peek(10'000)) {
      if (const auto* const gap = std::get_if<Gap>(&next)) {
        const std::uint64_t target = reader.offset() + gap->bytes + 17;  // somewhere behind the gap
        missed += target - reader.offset();
        reader.skip_to(target);
        continue;
      }
      const BytesView bytes = std::get<BytesView>(next);
      REQUIRE(as_text(bytes) == pattern(reader.offset(), bytes.size()));
      received += bytes.size();
      reader.commit(bytes.size());
    }
  }
  CHECK(missed > 0);
  CHECK(received > 0);
  CHECK(received + missed == reader.offset());
}

TEST_CASE("bytes end before a mark, which is told once and in order") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  Cursor reader(ring, 0, 0);
  put(ring, "one");
  ring.add_mark(MarkKind::not_recorded, at(1), at(2), 0);
  ring.add_mark(MarkKind::leftover, at(2), at(2), 3);
  put(ring, "two");
  CHECK(bytes_at(reader) == "one");
  reader.commit(2);
  CHECK(bytes_at(reader) == "e");
  reader.commit(1);
  CHECK(mark_at(reader).kind == MarkKind::not_recorded);
  CHECK(mark_at(reader).from == at(1));
  CHECK(mark_at(reader).to == at(2));
  reader.pass_mark();
  CHECK(mark_at(reader).kind == MarkKind::leftover);
  CHECK(mark_at(reader).bytes == 3);
  reader.pass_mark();
  CHECK(bytes_at(reader) == "two");
  reader.commit(3);
  CHECK(bytes_at(reader).empty());
}

TEST_CASE("a mark at the newest byte is told at once") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  put(ring, "x");
  Cursor reader(ring, 1, 0);
  CHECK(bytes_at(reader).empty());
  ring.add_mark(MarkKind::not_recorded, at(1), at(2), 0);
  CHECK(mark_at(reader).offset == 1);
}

TEST_CASE("a lapped reader hears of the gap, then of the marks that lay in it, then the bytes") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  put(ring, "abc");
  ring.add_mark(MarkKind::not_recorded, at(1), at(2), 0);
  Cursor reader(ring, 1, 0);
  append(ring, pattern(3, 100'000));
  CHECK(gap_at(reader) == 100'003 - 64 * KiB - 1);
  reader.skip_to(ring.tail());
  CHECK(mark_at(reader).offset == 3);
  reader.pass_mark();
  CHECK(bytes_at(reader).size() == 64 * KiB);
}

TEST_CASE("a reader that begins in the middle is told only the marks in its way") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  ring.add_mark(MarkKind::leftover, at(0), at(0), 1);
  put(ring, "abc");
  ring.add_mark(MarkKind::leftover, at(1), at(1), 2);
  put(ring, "def");
  CHECK(ring.marks_before(0) == 0);
  CHECK(ring.marks_before(1) == 1);
  CHECK(ring.marks_before(3) == 1);
  CHECK(ring.marks_before(4) == 2);
  Cursor at_mark(ring, 3, ring.marks_before(3));
  CHECK(mark_at(at_mark).bytes == 2);
  const Cursor behind(ring, 4, ring.marks_before(4));
  CHECK(bytes_at(behind) == "ef");
  const Cursor newest(ring, 3, ring.last_mark_number());
  CHECK(bytes_at(newest) == "def");
}
