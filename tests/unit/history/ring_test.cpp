// SPDX-License-Identifier: Apache-2.0
#include "charmux/history/ring.hpp"

#include <sys/stat.h>

#include <random>

#include "unit/history/history_kit.hpp"

using namespace charmux;
using namespace charmux::history;
using namespace charmux::history::kit;

TEST_CASE("a ring's size is a power of two from 64 KiB to 1 GiB") {
  const TempDir dir;
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, 32 * KiB, 64 * KiB - 1, 96 * KiB, 2 * GiB}) {
    const Result<Ring::Opened> opened = Ring::open(dir / "a.ring", size);
    REQUIRE_FALSE(opened.has_value());
    CHECK(contains(opened.error().text, "a power of two from 64KiB to 1GiB"));
  }
  CHECK(std::filesystem::is_empty(dir.path()));
}

TEST_CASE("a new ring is empty and not on the disk; its first byte puts it there in full, and for its owner only") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring", 1 * MiB);
  CHECK(ring.size() == 1 * MiB);
  CHECK(ring.head() == 0);
  CHECK(ring.tail() == 0);
  CHECK(ring.view(0, 100).empty());
  CHECK(ring.not_kept().empty());
  CHECK_FALSE(ring.last_output().has_value());
  CHECK(ring.last_mark_number() == 0);
  CHECK_FALSE(ring.begun());
  CHECK(std::filesystem::is_empty(dir.path()));
  put(ring, "x");
  CHECK(ring.begun());
  CHECK(all_of(ring) == "x");
  for (const char* name : {"a.ring", "a.times"}) {
    struct stat about {};
    REQUIRE(::stat((dir / name).c_str(), &about) == 0);
    CHECK((about.st_mode & 07777) == 0600);
    CHECK(about.st_blocks * 512 >= about.st_size);
  }
  CHECK_FALSE(std::filesystem::exists(dir / "a.ring.new"));
}

TEST_CASE("what is appended is read back: nothing, a byte, all but a byte, and the whole ring") {
  const TempDir dir;
  for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1}, 64 * KiB - 1, 64 * KiB}) {
    Ring ring = quiet_ring(dir / std::to_string(bytes));
    append(ring, pattern(0, bytes));
    CHECK(ring.head() == bytes);
    CHECK(ring.tail() == 0);
    CHECK(ring.view(0, bytes).size() == bytes);
    CHECK(holds_pattern(ring));
  }
}

TEST_CASE("a window is a sixteenth of the ring, and contiguous over the ring's end") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  CHECK(ring.window().size() == 4 * KiB);
  append(ring, pattern(0, 64 * KiB - 3));
  const BytesSpan window = ring.window();
  REQUIRE(window.size() == 4 * KiB);
  put(ring, pattern(ring.head(), 4 * KiB));
  // The mirror: what went in beyond the end of the file is at its beginning.
  CHECK(window[3] == ring.view(64 * KiB, 1)[0]);
  CHECK(holds_pattern(ring));
  CHECK(ring.view(ring.head() - 4 * KiB, 4 * KiB).data() == window.data());
}

TEST_CASE("what a window may overwrite is unreadable until the window is given back") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  append(ring, pattern(0, 64 * KiB));
  CHECK(ring.tail() == 0);
  const BytesSpan window = ring.window();
  CHECK(ring.tail() == 4 * KiB);
  CHECK(ring.head() == 64 * KiB);
  window[0] = static_cast<std::byte>(pattern(64 * KiB));
  ring.commit(1, at(0));
  CHECK(ring.tail() == 1);
  CHECK(ring.window().size() == 4 * KiB);
  ring.commit(0, at(0));
  CHECK(ring.tail() == 1);
  CHECK(holds_pattern(ring));
}

TEST_CASE("over three laps of uneven reads every byte stays at its offset") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  std::mt19937 random(1);
  while (ring.head() < 3 * ring.size()) {
    put(ring, pattern(ring.head(), random() % (4 * KiB + 1)));
    REQUIRE(ring.tail() == (ring.head() > ring.size() ? ring.head() - ring.size() : 0));
    REQUIRE(holds_pattern(ring));
  }
}

TEST_CASE("whatever is done to a ring, it is the end of one long string") {
  const TempDir dir;
  for (const unsigned seed : {1u, 2u, 3u}) {
    CAPTURE(seed);
    const std::string path = dir / std::to_string(seed);
    std::mt19937 random(seed);
    std::string model;
    Ring ring = quiet_ring(path);
    for (int step = 0; step < 600; ++step) {
      const std::uint64_t action = random() % 100;
      if (action < 90) {
        const std::string text = pattern(random(), random() % (action < 45 ? 40 : 4 * KiB + 1));
        put(ring, text);
        model += text;
      } else if (action < 94) {
        (void)ring.window();
      } else if (action < 97) {
        ring.commit(0, at(step));
      } else {
        if (action == 97) ring.close_cleanly(at(step));
        ring = quiet_ring(dir / "other");
        ring = quiet_ring(path);
      }
      REQUIRE(ring.head() == model.size());
      REQUIRE(ring.head() - ring.tail() >= std::min<std::uint64_t>(model.size(), ring.size() * 15 / 16));
      const std::uint64_t from = ring.tail() + random() % (ring.head() - ring.tail() + 1);
      const std::uint64_t most = random() % ring.size();
      REQUIRE(as_text(ring.view(from, most)) == std::string_view(model).substr(from, most));
    }
  }
}

TEST_CASE("a reopened ring goes on with its bytes, offsets, marks and last output") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  for (const bool cleanly : {true, false}) {
    std::filesystem::remove(path);
    {
      Ring ring = quiet_ring(path);
      append(ring, pattern(0, 100'000), at(7));
      ring.add_mark(MarkKind::leftover, at(8), at(8), 5);
      if (cleanly) ring.close_cleanly(at(9));
    }
    Ring ring = quiet_ring(path);
    CHECK(ring.head() == 100'000);
    CHECK(ring.tail() == 100'000 - 64 * KiB);
    CHECK(holds_pattern(ring));
    CHECK(ring.last_output() == at(7));
    REQUIRE(marks_of(ring).size() == 1);
    const NumberedMark mark = marks_of(ring).front();
    CHECK(mark.number == 1);
    CHECK(mark.mark.offset == 100'000);
    CHECK(mark.mark.kind == MarkKind::leftover);
    CHECK(mark.mark.from == at(8));
    CHECK(mark.mark.bytes == 5);
    append(ring, pattern(100'000, 1));
    CHECK(holds_pattern(ring));
    CHECK(header_of(path).generation == 2);
  }
}

TEST_CASE("offsets go on past 2^63") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;
  begun_ring(path).close_cleanly(at(0));
  edit_header(path, [](RingHeader& header) {
    header.base = kHalf - kPowerCutStep;
    header.head = header.reserved = header.first = kPowerCutStep - 1000;
  });
  {
    Ring ring = quiet_ring(path);
    CHECK(ring.head() == kHalf - 1000);
    CHECK(ring.tail() == ring.head());
    Cursor reader(ring, ring.head(), 0);
    append(ring, pattern(ring.head(), 2000), at(1));
    ring.add_mark(MarkKind::leftover, at(2), at(2), 3);
    CHECK(reader.lag() == 2000);
    CHECK(as_text(std::get<BytesView>(reader.peek(5000))) == pattern(kHalf - 1000, 2000));
    CHECK(ring.times().time_at(kHalf) == at(1));
    CHECK(ring.next_mark(0)->mark.offset == kHalf + 1000);
  }
  const Ring ring = quiet_ring(path);
  CHECK(ring.head() == kHalf + 1000);
  CHECK(holds_pattern(ring));
  CHECK(ring.times().time_at(kHalf) == at(1));
}
