// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "unit/frontend/menu_kit.hpp"

using namespace charmux;
using namespace charmux::test;

TEST_CASE("a line is edited as a terminal does") {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"abx\bc", "abc"},
      {"abx\x7f"
       "c",
       "abc"},
      {"\x7f\b"
       "a",
       "a"},
      {"日本\x7f", "日"},
      {"ae\xcc\x81\x7f"
       "b",
       "ab"},
      {"one two\x17x", "one x"},
      {"one two  \x17x", "one x"},
      {"\x17x", "x"},
      {"one two\x15"
       "abc",
       "abc"},
      {"one\x03"
       "abc",
       "abc"},
      {"a\x01\x02\x05\x1a\tb", "ab"},
  };
  for (const auto& edited : table) {
    CAPTURE(edited.second);
    CHECK(line_after(edited.first) == edited.second);
  }
}

TEST_CASE("what is erased goes from the screen, by its width") {
  CHECK(typed({}, "a\x7f").shown == "a\b \b");
  CHECK(typed({}, "日\x7f").shown == "日\b\b  \b\b");
  CHECK(typed({}, "e\xcc\x81\x7f").shown == "e\xcc\x81\b \b");
  CHECK(typed({}, "ab\x15").shown == "ab\b \b\b \b");
  CHECK(typed({}, "\x7f").shown.empty());
}

TEST_CASE("^C prompts anew, ^L and ^R show the line again") {
  CHECK(typed({}, "ab\x03").shown == "ab^C\r\ncharmux> ");
  CHECK(typed({}, "ab\x0c").shown == "ab\r\ncharmux> ab");
  CHECK(typed({}, "ab\x12").shown == "ab\r\ncharmux> ab");
}

TEST_CASE("keys without a character and answers of terminals are swallowed") {
  for (const std::string_view sequence :
       {"\x1b[A", "\x1bOA", "\x1b[24;80R", "\x1b[?62;1c", "\x1b[3~", "\x1b[1;5C", "\x1b[[A", "\x1bx",
        "\x1b]11;rgb:00/00/00\x07", "\x1b]11;rgb:00/00/00\x1b\\", "\x1bP1$r0m\x1b\\", "\x1b\x1b[A", "\x1b(B"}) {
    CAPTURE(sequence.substr(1));
    CHECK(typed({}, "a" + std::string(sequence) + "b").shown == "ab");
  }
}

TEST_CASE("Enter works though an escape was typed before it") {
  for (const std::string_view escape : {"\x1b", "\x1b[", "\x1bO", "\x1b]", "\x1b[1;"})
    CHECK(typed(named({"alpha"}), "al" + std::string(escape) + "\r").console == "alpha");
}

TEST_CASE("only whole characters are echoed, and no control among them") {
  CHECK(typed({},
              "a\xff\xc3"
              "b\x80\xc2\x9b\xed\xa0\x80\xe6\x97"
              "c\xf4\x90\x80\x80"
              "d")
            .shown == "abcd");
  CHECK(typed({}, "\xe6\x97\xe6\x97\xa5").shown == "日");
  CHECK(typed({}, "\xe6\x97\r").kind == Kind::none);
}

TEST_CASE("a line takes 256 bytes and a bell for each character more") {
  const std::string most(256, 'x');
  CHECK(typed({}, most + "yz").shown == most + "\a\a");
  CHECK(typed({}, most.substr(1) + "日y").shown == most.substr(1) + "\ay");
  CHECK(line_after(most + "y\x7f\x7fz") == most.substr(2) + "z");
}
