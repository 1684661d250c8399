// SPDX-License-Identifier: Apache-2.0
// A history whose size was changed.
#include "unit/history/history_kit.hpp"

using namespace charmux;
using namespace charmux::history;
using namespace charmux::history::kit;

TEST_CASE("a history of another size is carried over: its newest bytes, its offsets and its marks") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  {
    Ring ring = quiet_ring(path, 128 * KiB);
    append(ring, pattern(0, 200'000), at(1));
    ring.add_mark(MarkKind::leftover, at(2), at(2), 9);
    append(ring, pattern(200'000, 100'000), at(3));
    (void)ring.window();  // and is killed
  }
  for (const std::uint64_t size : {64 * KiB, 1 * MiB, 256 * KiB}) {
    CAPTURE(size);
    auto [ring, remark] = remarked_ring(path, size);
    // The window gave up 8 KiB of the 128 KiB; then 64 KiB is all there is.
    CHECK(contains(remark, "a.ring was carried over from "));
    CHECK(contains(remark, "its newest 65536 bytes are kept"));
    CHECK(ring.size() == size);
    CHECK(ring.head() == 300'000);
    CHECK(ring.tail() == 300'000 - 64 * KiB);
    CHECK(holds_pattern(ring));
    REQUIRE(marks_of(ring).size() == 1);
    CHECK(marks_of(ring)[0].mark.offset == 200'000);
    CHECK(ring.times().time_at(300'000) == at(3));
    CHECK(ring.last_output() == at(3));
  }
  Ring ring = quiet_ring(path, 256 * KiB);
  append(ring, pattern(300'000, 900'000));
  CHECK(ring.head() - ring.tail() == 256 * KiB);
  CHECK(holds_pattern(ring));
}

TEST_CASE("carried over from a killed process, what lay under the window is left behind") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  {
    Ring ring = quiet_ring(path);
    append(ring, pattern(0, 100'000));
    const BytesSpan window = ring.window();
    std::fill(window.begin(), window.end(), std::byte{'!'});
  }
  Ring ring = remarked_ring(path, 128 * KiB).first;
  CHECK(ring.tail() == 100'000 - 60 * KiB);
  CHECK(holds_pattern(ring));
}

TEST_CASE("carried over after a power cut, the history is marked as any other") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  make_ring(path);
  cut_power(path);
  Result<Ring::Opened> opened = Ring::open(path, 128 * KiB);
  REQUIRE(opened.has_value());
  CHECK(opened->remarks.size() == 2);
  CHECK(opened->ring.head() == kPowerCutStep + 3);
  CHECK(all_of(opened->ring) == "old");
  CHECK(marks_of(opened->ring).size() == 1);
}
