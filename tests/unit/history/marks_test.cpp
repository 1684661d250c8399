// SPDX-License-Identifier: Apache-2.0
#include "history/marks.hpp"

#include "unit/history/history_kit.hpp"

using namespace charmux;
using namespace charmux::history;
using namespace charmux::history::kit;

TEST_CASE("the very first recording begins without a mark; each later one with the time between") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  ring.begin_recording(at(1));
  CHECK(marks_of(ring).empty());
  put(ring, "x", at(2));
  ring.end_recording(at(3));
  ring.end_recording(at(4));
  ring.begin_recording(at(5));
  ring.begin_recording(at(6));
  REQUIRE(marks_of(ring).size() == 1);
  const Mark mark = marks_of(ring).front().mark;
  CHECK(mark.kind == MarkKind::not_recorded);
  CHECK(mark.offset == 1);
  CHECK(mark.from == at(3));
  CHECK(mark.to == at(5));
}

TEST_CASE("after a restart the time in which nobody ran is not recorded") {
  const TempDir dir;
  {
    Ring ring = quiet_ring(dir / "a.ring");
    ring.begin_recording(at(1));
    put(ring, "x", at(2));
    ring.close_cleanly(at(3));
  }
  Ring ring = quiet_ring(dir / "a.ring");
  CHECK(marks_of(ring).empty());
  ring.begin_recording(at(10));
  REQUIRE(marks_of(ring).size() == 1);
  CHECK(marks_of(ring).front().mark.from == at(3));
  CHECK(marks_of(ring).front().mark.to == at(10));
}

TEST_CASE("after a crash nothing is known to be recorded since the last commit") {
  const TempDir dir;
  {
    Ring ring = quiet_ring(dir / "a.ring");
    ring.begin_recording(at(1));
    put(ring, "x", at(2));
    (void)ring.window();
    ring.commit(0, at(3));
  }
  Ring ring = quiet_ring(dir / "a.ring");
  CHECK(ring.last_output() == at(2));
  ring.begin_recording(at(10));
  REQUIRE(marks_of(ring).size() == 1);
  CHECK(marks_of(ring).front().mark.from == at(3));
  CHECK(marks_of(ring).front().mark.to == at(10));
}

TEST_CASE("a clock that was put back makes no mark that ends before it begins") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  ring.begin_recording(at(100));
  ring.end_recording(at(100));
  ring.begin_recording(at(50));
  CHECK(ring.next_mark(0)->mark.from == at(50));
  CHECK(ring.next_mark(0)->mark.to == at(50));
}

TEST_CASE("two times without a byte between them become one mark, which those who knew the first hear of too") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  put(ring, "x");
  ring.add_mark(MarkKind::not_recorded, at(1), at(2), 0);
  Cursor told(ring, 1, 0);
  told.pass_mark();
  ring.add_mark(MarkKind::leftover, at(2), at(2), 7);
  ring.add_mark(MarkKind::not_recorded, at(5), at(6), 0);
  const std::vector<NumberedMark> marks = marks_of(ring);
  REQUIRE(marks.size() == 2);
  CHECK(marks[0].mark.kind == MarkKind::leftover);
  CHECK(marks[1].number == 3);
  CHECK(marks[1].mark.from == at(1));
  CHECK(marks[1].mark.to == at(6));
  told.pass_mark();
  CHECK(std::get<Mark>(told.peek(1)).to == at(6));
  put(ring, "y");
  ring.add_mark(MarkKind::not_recorded, at(7), at(8), 0);
  CHECK(marks_of(ring).size() == 3);
}

TEST_CASE("the newest 64 marks are kept, and numbers never come again") {
  const TempDir dir;
  for (int round = 0; round < 2; ++round) {
    Ring ring = quiet_ring(dir / "a.ring");
    for (std::uint64_t i = 0; i < 100; ++i) {
      put(ring, "x");
      ring.add_mark(MarkKind::leftover, at(0), at(0), i);
    }
    const std::vector<NumberedMark> marks = marks_of(ring);
    REQUIRE(marks.size() == 64);
    for (std::size_t i = 0; i < marks.size(); ++i) {
      CHECK(marks[i].number == ring.last_mark_number() - 63 + i);
      CHECK(marks[i].mark.bytes == 36 + i);
    }
    CHECK(ring.last_mark_number() == 100u * static_cast<unsigned>(round + 1));
  }
}

TEST_CASE("a process killed in the middle of a mark leaves the other marks sound") {
  RingHeader header = new_ring_header(64 * KiB);
  for (std::uint64_t i = 1; i <= 70; ++i) {
    header.head = header.reserved = i;
    store_mark(header, {i, MarkKind::leftover, at(0), at(0), i});
  }
  REQUIRE(marks_are_sound(header));
  StoredMark& oldest = header.marks[6];
  REQUIRE(oldest.number == 7);
  oldest.number = 0;  // emptied
  CHECK(marks_are_sound(header));
  CHECK(next_stored_mark(header, 0)->number == 8);
  oldest.offset = header.head;
  oldest.number = 71;  // filled, not counted
  CHECK(marks_are_sound(header));
  CHECK(next_stored_mark(header, 0)->number == 8);
  CHECK_FALSE(next_stored_mark(header, 70).has_value());
}

TEST_CASE("marks that cannot be of this history are seen") {
  RingHeader good = new_ring_header(64 * KiB);
  good.head = good.reserved = 10;
  store_mark(good, {5, MarkKind::leftover, at(0), at(0), 1});
  store_mark(good, {7, MarkKind::leftover, at(0), at(0), 1});
  REQUIRE(marks_are_sound(good));
  RingHeader bad = good;
  bad.marks[1].offset = 11;
  CHECK_FALSE(marks_are_sound(bad));
  bad = good;
  bad.marks[1].offset = 4;
  CHECK_FALSE(marks_are_sound(bad));
  bad = good;
  bad.marks[0].kind = 3;
  CHECK_FALSE(marks_are_sound(bad));
  bad = good;
  bad.marks[0].number = 9;
  CHECK_FALSE(marks_are_sound(bad));
}
