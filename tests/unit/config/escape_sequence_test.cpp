// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/escape_sequence.hpp"

#include <doctest/doctest.h>

using namespace charmux;
using namespace charmux::config;

TEST_CASE("an escape sequence is two keys, read and written back") {
  const auto keys = [](unsigned char first, unsigned char second) {
    return EscapeSequence{std::byte{first}, std::byte{second}};
  };
  CHECK(*parse_escape_sequence("^Ec") == EscapeSequence{});
  CHECK(*parse_escape_sequence("^[q") == keys(0x1B, 'q'));
  CHECK(*parse_escape_sequence("~.") == keys('~', '.'));
  CHECK(*parse_escape_sequence("^a^?") == keys(0x01, 0x7F));
  CHECK(*parse_escape_sequence("x^") == keys('x', '^'));
  CHECK(*parse_escape_sequence("^@ ") == keys(0x00, ' '));
  for (const char* const text : {"^Ec", "^[q", "~.", "^A^?", "x^", "^@ "})
    CHECK(text_of(*parse_escape_sequence(text)) == text);
}

TEST_CASE("what is not two keys is refused") {
  for (const char* const text : {"", "c", "^E", "^Ecc", "^1x", "^Ec ", "\xC3\xA4", "\x05c", "^E\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_escape_sequence(text));
  }
  CHECK(parse_escape_sequence("\x05").error().text ==
        "'\\x05' is no escape sequence: write two keys, each a character or ^X for Ctrl-X");
}
