// SPDX-License-Identifier: Apache-2.0
#include "cli/ago.hpp"

#include <doctest/doctest.h>

using namespace charmux;
using namespace charmux::cli;
using namespace std::chrono_literals;

TEST_CASE("a time of the API is a second in UTC, whatever the zone and the fraction") {
  const WallTime then{1795265850s};
  CHECK(parse_time("2026-11-21T12:57:30.123Z") == then);
  CHECK(parse_time("2026-11-21T12:57:30Z") == then);
  for (const char* const wrong :
       {"", "2026-11-21", "2026-11-21T12:57:30", "2026-11-21T12:57:30.1", "2026-13-21T12:57:30Z",
        "2026-11-21T12:57:30+01:00", "2026-11-21T12:57:30.1Zz", "yesterday"})
    CHECK_FALSE(parse_time(wrong));
}

TEST_CASE("how long ago something was is said in the largest whole unit") {
  const WallTime now{1795265850s};
  const auto ago = [&](std::chrono::milliseconds age) { return ago_text(now - age, now); };
  CHECK(ago(0s) == "0s ago");
  CHECK(ago(3999ms) == "3s ago");
  CHECK(ago(59s) == "59s ago");
  CHECK(ago(60s) == "1min ago");
  CHECK(ago(59min + 59s) == "59min ago");
  CHECK(ago(2h + 59min) == "2h ago");
  CHECK(ago(23h + 59min) == "23h ago");
  CHECK(ago(24h) == "1d ago");
  CHECK(ago(24h * 400) == "400d ago");
  CHECK(ago(-5s) == "0s ago");
}
