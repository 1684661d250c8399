// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/words.hpp"

#include <doctest/doctest.h>

using charmux::address::split_words;
using Words = std::vector<std::string>;
using namespace std::string_literals;

namespace {

struct Row {
  std::string line;
  Words words;
};

}  // namespace

TEST_CASE("a command line is split as systemd splits ExecStart=") {
  // Each with what extract_first_word() of systemd 252 makes of it (EXTRACT_UNQUOTE | EXTRACT_CUNESCAPE).
  const Row rows[] = {
      {"", {}},
      {" \t\n\r ", {}},
      {"a b", {"a", "b"}},
      {"  a \t b\nc\rd ", {"a", "b", "c", "d"}},
      {"a\vb\fc", {"a\vb\fc"}},
      {"a,,b,c", {"a,,b,c"}},
      {R"("a b" c)", {"a b", "c"}},
      {R"('a b' c)", {"a b", "c"}},
      {R"(a"b c"d)", {"ab cd"}},
      {R"('a b'c)", {"a bc"}},
      {R"(a"b"'c'd)", {"abcd"}},
      {R"("a'b" 'c"d')", {"a'b", "c\"d"}},
      {R"("" a '' b"")", {"", "a", "", "b"}},
      {R"(a "")", {"a", ""}},
      {R"(a\sb "a\sb" 'a\sb')", {"a b", "a b", "a b"}},
      {R"(\a\b\f\n\r\t\v)", {"\a\b\f\n\r\t\v"}},
      {R"(a\\b 'a\\b' a\"b a\'b "a\"b" 'a\'b')", {"a\\b", "a\\b", "a\"b", "a'b", "a\"b", "a'b"}},
      {R"(\x41\x7e \101 \377)", {"A~", "A", "\xff"}},
      {R"(\u00e9 \u20AC \U0001F600 \U00000041)", {"\u00e9", "\u20ac", "\U0001F600", "A"}},
      {"\u00e9 \xff", {"\u00e9", "\xff"}},
      {"$HOME %n ~ a;b ; # |", {"$HOME", "%n", "~", "a;b", ";", "#", "|"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    const auto words = split_words(row.line);
    REQUIRE(words);
    CHECK(*words == row.words);
  }
}

TEST_CASE("a command line that systemd would warn of, or not take, is an error") {
  const struct {
    std::string line;
    std::string error;
  } rows[] = {
      {R"("a)", R"('"a' has a " that is not closed)"},
      {"a 'b", "'a 'b' has a ' that is not closed"},
      {R"(a\ b)", R"('a\ b' has an escape '\ ' that there is not: write \\ for a backslash)"},
      {R"(\d)", R"('\d' has an escape '\d' that there is not: write \\ for a backslash)"},
      {"a\\", R"('a\' has an escape '\' that there is not: write \\ for a backslash)"},
      {"a\0b"s, "a command line cannot hold a NUL byte"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.line);
    const auto words = split_words(row.line);
    REQUIRE_FALSE(words);
    CHECK(words.error().text == row.error);
  }
  // Too few digits, none, too great a number, half a character, or NUL.
  for (const char* line : {R"(\x4)", R"(\xg1)", R"(\x00)", R"(\8)", R"(\08)", R"(\400)", R"(\000)", R"(\u0000)",
                           R"(\u12)", R"(\ud800)", R"(\U0000d800)", R"(\U00110000)", R"(\e)"}) {
    CAPTURE(line);
    CHECK_FALSE(split_words(line));
  }
}
