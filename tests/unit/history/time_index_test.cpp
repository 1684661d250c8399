// SPDX-License-Identifier: Apache-2.0
#include "charmux/history/time_index.hpp"

#include "history/times_file.hpp"
#include "unit/history/history_kit.hpp"

using namespace charmux;
using namespace charmux::history;
using namespace charmux::history::kit;

namespace {

struct Opened {
  TimeIndex index;
  std::vector<std::string> remarks;
};

Opened open_index(const std::string& path, const TimeIndex::Place& place) {
  std::vector<std::string> remarks;
  Result<TimeIndex> index = TimeIndex::open(path, place, remarks);
  REQUIRE_MESSAGE(index.has_value(), index.error().text);
  return {std::move(*index), std::move(remarks)};
}

constexpr TimeIndex::Place kPlace{77, 0, 1 * MiB, 4 * KiB, false};

}  // namespace

TEST_CASE("the index stands beside the ring and is a 32nd of it, within limits") {
  CHECK(TimeIndex::path_beside("/s/a.ring") == "/s/a.times");
  CHECK(TimeIndex::path_beside("/s/a.b") == "/s/a.b.times");
  CHECK(TimeIndex::path_beside(".ring") == ".ring.times");
  CHECK(TimeIndex::bytes_for(64 * KiB) == 4 * KiB);
  CHECK(TimeIndex::bytes_for(1 * MiB) == 32 * KiB);
  CHECK(TimeIndex::bytes_for(1 * GiB) == 256 * KiB);
}

TEST_CASE("an offset has the time of the burst it lies in, and a time the first offset at or after it") {
  const TempDir dir;
  TimeIndex index = open_index(dir / "a.times", kPlace).index;
  CHECK_FALSE(index.time_at(0).has_value());
  CHECK_FALSE(index.offset_at(at(0)).has_value());
  index.note(10, at(1));
  index.note(20, at(2));
  index.note(30, at(3));
  CHECK_FALSE(index.time_at(9).has_value());
  CHECK(index.time_at(10) == at(1));
  CHECK(index.time_at(19) == at(1));
  CHECK(index.time_at(20) == at(2));
  CHECK(index.time_at(1000) == at(3));
  CHECK(index.offset_at(at(0)) == 10);
  CHECK(index.offset_at(at(2)) == 20);
  CHECK(index.offset_at(at(2.5)) == 30);
  CHECK_FALSE(index.offset_at(at(3.5)).has_value());
}

TEST_CASE("a flood makes at most ten entries a second, and a clock put back does not stop them") {
  const TempDir dir;
  TimeIndex index = open_index(dir / "a.times", kPlace).index;
  index.note(0, at(0));
  index.note(1, at(0.099));
  index.note(2, at(0.1));
  CHECK(index.time_at(1) == at(0));
  CHECK(index.time_at(2) == at(0.1));
  index.note(3, at(-100));
  CHECK(index.time_at(3) == at(-100));
  CHECK(index.offset_at(at(0.05)) == 2);
}

TEST_CASE("the newest entries are kept, also by the next process") {
  const TempDir dir;
  constexpr std::uint64_t kCapacity = (4 * KiB - 64) / 16;
  {
    TimeIndex index = open_index(dir / "a.times", kPlace).index;
    for (std::uint64_t i = 0; i < 1000; ++i) index.note(i, at(static_cast<double>(i)));
  }
  const Opened again = open_index(dir / "a.times", kPlace);
  CHECK(again.remarks.empty());
  CHECK(again.index.offset_at(at(-1)) == 1000 - (kCapacity - 1));
  CHECK(again.index.time_at(999) == at(999));
}

TEST_CASE("the next process goes on behind the last entry, and no closer to it than the same process would") {
  const TempDir dir;
  {
    TimeIndex index = open_index(dir / "a.times", kPlace).index;
    index.note(0, at(0));
    index.note(10, at(1));
  }
  TimeIndex index = open_index(dir / "a.times", kPlace).index;
  index.note(20, at(1.05));
  index.note(30, at(2));
  CHECK(index.time_at(0) == at(0));
  CHECK(index.time_at(20) == at(1));
  CHECK(index.time_at(30) == at(2));
}

TEST_CASE("an index of another size is carried over, one of another ring is not") {
  const TempDir dir;
  {
    TimeIndex index = open_index(dir / "a.times", kPlace).index;
    for (std::uint64_t i = 0; i < 100; ++i) index.note(i, at(static_cast<double>(i)));
  }
  TimeIndex::Place place = kPlace;
  place.bytes = 8 * KiB;
  {
    const Opened bigger = open_index(dir / "a.times", place);
    CHECK(bigger.remarks.empty());
    CHECK(bigger.index.offset_at(at(0)) == 0);
    CHECK(bigger.index.time_at(99) == at(99));
  }
  CHECK(std::filesystem::file_size(dir / "a.times") == 8 * KiB);
  place.identity = 78;
  const Opened other = open_index(dir / "a.times", place);
  CHECK(other.remarks.empty());
  CHECK_FALSE(other.index.offset_at(at(0)).has_value());
}

TEST_CASE("entries beyond the ring's head are dropped, and all others move with the ring's base") {
  const TempDir dir;
  {
    TimeIndex index = open_index(dir / "a.times", kPlace).index;
    for (std::uint64_t i = 0; i < 10; ++i) index.note(i, at(static_cast<double>(i)));
  }
  TimeIndex::Place place = kPlace;
  place.head = 5;
  place.base = kPowerCutStep;
  const Opened again = open_index(dir / "a.times", place);
  CHECK(again.remarks.empty());
  CHECK(again.index.time_at(kPowerCutStep + 9) == at(4));
  CHECK(again.index.offset_at(at(1)) == kPowerCutStep + 1);
}

TEST_CASE("a broken index begins anew and says so") {
  const TempDir dir;
  const std::string path = dir / "a.times";
  const auto write_over = [&](off_t where, std::uint64_t value) {
    { open_index(path, {78, 0, 0, 4 * KiB, false}); }
    TimeIndex index = open_index(path, kPlace).index;
    for (std::uint64_t i = 0; i < 10; ++i) index.note(i, at(static_cast<double>(i)));
    const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(::pwrite(fd.get(), &value, sizeof value, where) == sizeof value);
  };
  const auto begins_anew = [&] {
    const Opened opened = open_index(path, kPlace);
    REQUIRE(opened.remarks.size() == 1);
    CHECK(contains(opened.remarks[0], "a.times was broken and begins anew"));
    CHECK_FALSE(opened.index.offset_at(at(0)).has_value());
  };
  write_over(0, 1);  // the magic
  begins_anew();
  write_over(offsetof(TimesHeader, capacity), 5);
  begins_anew();
  write_over(offsetof(TimesHeader, capacity), 0);
  std::filesystem::resize_file(path, sizeof(TimesHeader));
  begins_anew();
  write_over(sizeof(TimesHeader) + 3 * sizeof(TimesEntry), 99);  // an offset out of order
  begins_anew();
  write_over(0, 0);
  std::filesystem::resize_file(path, 10);
  begins_anew();
}

TEST_CASE("an index that cannot be put on the disk is in memory and says so") {
  const TempDir dir;
  std::filesystem::create_directory(dir / "a.times");
  Opened opened = open_index(dir / "a.times", kPlace);
  REQUIRE(opened.remarks.size() == 1);
  CHECK(contains(opened.remarks[0], "a.times is kept in memory only"));
  opened.index.note(3, at(1));
  CHECK(opened.index.time_at(3) == at(1));
  CHECK_FALSE(std::filesystem::exists(dir / "a.times.new"));
}

TEST_CASE("a ring notes when its bytes were read") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  put(ring, "one", at(1));
  put(ring, "two", at(2));
  CHECK(ring.times().time_at(2) == at(1));
  CHECK(ring.times().time_at(3) == at(2));
  CHECK(ring.times().offset_at(at(1.5)) == 3);
}
