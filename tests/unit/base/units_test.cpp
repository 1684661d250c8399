// SPDX-License-Identifier: Apache-2.0
#include "charmux/base/units.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>

using namespace charmux;
using namespace std::chrono_literals;

TEST_CASE("sizes are read with their unit and written back the same") {
  CHECK(*parse_size("1MiB") == MiB);
  CHECK(*parse_size("0") == 0);
  CHECK(*parse_size("512B") == 512);
  CHECK(format_size(*parse_size("64KiB")) == "64KiB");
  CHECK(format_size(1536) == "1536B");
  CHECK(format_size(0) == "0B");
}

TEST_CASE("a size without a unit, with a wrong one or too large is refused with what to write") {
  CHECK(parse_size("12").error().text == "'12' is not a size: write a number and one of B, KiB, MiB, GiB");
  CHECK_FALSE(parse_size("1MB"));
  CHECK_FALSE(parse_size("-1KiB"));
  CHECK_FALSE(parse_size(""));
  CHECK(parse_size("99999999999GiB").error().text == "'99999999999GiB' is too large a size");
  CHECK(parse_size("99999999999999999999B").error().text == "'99999999999999999999B' is too large a size");
}

TEST_CASE("times are read with their unit and written back the same") {
  CHECK(*parse_duration("50ms") == 50ms);
  CHECK(*parse_duration("5min") == 5min);
  CHECK(*parse_duration("30d") == 720h);
  CHECK(format_duration(2s) == "2s");
  CHECK(format_duration(1500ms) == "1500ms");
  CHECK_FALSE(parse_duration("5m"));
  CHECK_FALSE(parse_duration("9999999999999d"));
}

TEST_CASE("a time is shown by the clock and the calendar of this host") {
  ::setenv("TZ", "UTC-1", 1);  // an hour east of Greenwich
  ::tzset();
  const WallTime time{std::chrono::seconds(1795303800)};  // 2026-11-21T23:30:00Z
  CHECK(clock_text(time) == "00:30:00");
  CHECK(date_text(time) == "2026-11-22");
}
