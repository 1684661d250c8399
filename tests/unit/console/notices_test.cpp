// SPDX-License-Identifier: Apache-2.0
#include "console/notices.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>

using namespace charmux;
namespace notices = charmux::console::notices;

TEST_CASE("a viewer reads on attach who watches, who types, and what is out of the ordinary") {
  CHECK(notices::attached("alpha", {2, "oncall", false}, "") ==
        "[charmux: alpha, 2 watching, oncall types; read-only]");
  CHECK(notices::attached("alpha", {1, "me", true}, "") == "[charmux: alpha, 1 watching, you type]");
  CHECK(notices::attached("alpha", {1, "", false}, "shut off") ==
        "[charmux: alpha, 1 watching, nobody types; read-only; shut off]");
}

TEST_CASE("where a viewer has keys it reads which of them help") {
  CHECK(notices::attached("alpha", {2, "oncall", false, true, "^Ec"}, "") ==
        "[charmux: alpha, 2 watching, oncall types; read-only: ^Ecf takes over, ^Ec? helps]");
  CHECK(notices::attached("alpha", {1, "me", true, true, "^Ec"}, "") ==
        "[charmux: alpha, 1 watching, you type; ^Ec? helps]");
  CHECK(notices::attached("alpha", {1, "me", true, true, "~."}, "shut off") ==
        "[charmux: alpha, 1 watching, you type; ~.? helps; shut off]");
  CHECK(notices::attached("alpha", {2, "oncall", false, false, "^Ec"}, "") ==
        "[charmux: alpha, 2 watching, oncall types; read-only: ^Ec? helps]");
  CHECK(notices::attached("alpha", {1, "", false, true, "^Ec"}, "") ==
        "[charmux: alpha, 1 watching, nobody types; read-only: ^Eca to type, ^Ec? helps]");
  CHECK(notices::read_only("oncall types", notices::how_to_type("^Ec", "oncall")) ==
        "[charmux: read-only: oncall types; ^Ecf takes over, ^Eca asks]");
  CHECK(notices::read_only("you spy", notices::how_to_type("^Ec", "")) ==
        "[charmux: read-only: you spy; ^Eca to type]");
  CHECK(notices::read_only("oncall types") == "[charmux: read-only: oncall types]");
}

TEST_CASE("an open console that says nothing for a minute is said to be silent, with the date after a day") {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  using namespace std::chrono_literals;
  const WallTime then{1795265850s};  // 2026-11-21T12:57:30Z
  CHECK(notices::silence(std::nullopt, then) == "never heard");
  CHECK(notices::silence(then, then).empty());
  CHECK(notices::silence(then, then + 59'999ms).empty());
  CHECK(notices::silence(then, then + 60s) == "silent since 12:57:30");
  CHECK(notices::silence(then, then + 24h) == "silent since 12:57:30");
  CHECK(notices::silence(then, then + 24h + 1s) == "silent since 2026-11-21 12:57:30");
  CHECK(notices::silence(then, then - 1h).empty());  // the clock was set back
}

TEST_CASE("no control byte of a name reaches a notice") {
  CHECK(notices::attached("a\x1b]0;x\x07", {1, "me", true}, "") == "[charmux: a\\x1b]0;x\\x07, 1 watching, you type]");
  CHECK(notices::away("a\nb", "shut off") == "[charmux: a\\x0ab is shut off; waiting]");
  CHECK(notices::back("a\rb") == "[charmux: a\\x0db is back]");
}

TEST_CASE("a gap is told to the byte") { CHECK(notices::skipped(18432) == "[charmux: 18432 bytes skipped]"); }

TEST_CASE("a mark says what happened in the history") {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  const WallTime from{std::chrono::hours(14) + std::chrono::minutes(2) + std::chrono::seconds(11)};
  const WallTime to = from + std::chrono::seconds(8);
  CHECK(notices::mark({0, history::MarkKind::not_recorded, from, to, 0}) ==
        "[charmux: not recorded 14:02:11 - 14:02:19]");
  CHECK(notices::mark({0, history::MarkKind::leftover, from, from, 120}) ==
        "[charmux: the next 120 bytes were there already at 14:02:11, and may be older]");
  CHECK(notices::mark({0, history::MarkKind::unverified, from, to, 0}) ==
        "[charmux: history before this point is unverified: the host went down without a stop]");
}
