// SPDX-License-Identifier: Apache-2.0
#include "charmux/base/text.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace charmux;

TEST_CASE("a control byte, DEL, a C1 control and broken UTF-8 are shown as hex; valid UTF-8 stays") {
  CHECK(printable("a\x1b[2Jb") == "a\\x1b[2Jb");
  CHECK(printable("\x7f") == "\\x7f");
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");
  CHECK(printable("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") == "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
  CHECK(printable("\xc3") == "\\xc3");
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
}

TEST_CASE("a percent-encoded name is one safe path segment") {
  CHECK(percent_encoded("alpha.serial1") == "alpha.serial1");
  CHECK(percent_encoded("a/b c") == "a%2Fb%20c");
  CHECK(percent_encoded("..") == "%2E%2E");
  CHECK(percent_encoded("\xc3\xa9") == "%C3%A9");
}

TEST_CASE("the nearest known word is suggested when it is near, and nothing when none is") {
  constexpr std::array<std::string_view, 3> kKnown = {"replay", "access", "notices"};
  CHECK(nearest("repaly", kKnown) == "replay");
  CHECK(nearest("notice", kKnown) == "notices");
  CHECK(nearest("password", kKnown).empty());
  CHECK(nearest("x", kKnown).empty());
}

TEST_CASE("a list of words reads as a sentence") {
  constexpr std::array<std::string_view, 3> kWords = {"pty", "unix", "tcp"};
  CHECK(either_of(kWords) == "pty, unix or tcp");
}
