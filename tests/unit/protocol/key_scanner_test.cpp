// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/key_scanner.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace charmux;
using namespace charmux::protocol;
using namespace std::string_literals;

namespace {

/// The keys of what was typed, cut where the scanner is outside; what is unfinished is the last.
std::vector<std::string> keys_of(std::string_view typed) {
  std::vector<std::string> keys(1);
  KeyScanner scanner;
  for (const char byte : typed) {
    keys.back() += byte;
    scanner.pass(static_cast<std::byte>(byte));
    if (scanner.outside()) keys.emplace_back();
  }
  if (keys.back().empty()) keys.pop_back();
  return keys;
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("a key of several bytes is one, and what stands around it is not part of it") {
  const std::vector<std::string> keys = {
      "\x1b[A",            // up
      "\x1b[3~",           // delete
      "\x1b[1;5C",         // Ctrl-right
      "\x1bOP",            // F1
      "\x1bO5P",           // Ctrl-F1 of older terminals
      "\x1b[[A",           // F1 of a Linux console
      "\x1bx",             // Alt-x
      "\x1b\x7f",          // Alt-Backspace
      "\x1b\r",            // Alt-Enter
      "\x1b\xc3\xa9",      // Alt-e acute
      "\x1b[M !!",         // a click, as X10 has it
      "\x1b[<0;10;10M",    // as xterm has it
      "\x1b[200~",         // a paste begins
      "\x1b[24;80R",       // where the cursor is
      "\x1b[?62;22c",      // what the terminal is
      "\x1bP1$r0m\x1b\\",  // what its settings are
      "\x1b]11;rgb:0/0/0\x07",
      "\x1b]11;rgb:0/0/0\x1b\\",
      "\xc3\xa9",
      "\xe2\x82\xac",
      "\xf0\x9f\x98\x80",
  };
  for (const std::string& key : keys) {
    CAPTURE(key);
    // ST is an ESC, which begins anew: its string ends where ST's ESC stands, and ST is a key.
    const std::size_t st = key.find("\x1b\\");
    CHECK((keys_of("a" + key + "b\r") == Keys{"a", key, "b", "\r"} || st != std::string::npos));
    CHECK(keys_of("a" + key + "b").back() == "b");
    CHECK(keys_of(key).size() == 1);
  }
}

TEST_CASE("controls, letters and broken characters are keys of one byte") {
  CHECK(keys_of("\x03\r\n\t\x7f") == Keys{"\x03", "\r", "\n", "\t", "\x7f"});
  CHECK(keys_of("\xff\xfe\x80") == Keys{"\xff", "\xfe", "\x80"});
  // A character that the next byte does not go on with ends there.
  CHECK(keys_of("\xe2\x82"
                "a") == Keys{"\xe2\x82"
                             "a"});
  CHECK(keys_of("\xc3\xc3\xa9") == Keys{"\xc3\xc3\xa9"});
}

TEST_CASE("CAN and SUB abort a sequence, ESC begins another, and a control inside one is no end of it") {
  CHECK(keys_of("\x1b[1\x18"
                "a") == Keys{"\x1b[1\x18", "a"});
  CHECK(keys_of("\x1b]0;\x1a"
                "a") == Keys{"\x1b]0;\x1a", "a"});
  CHECK(keys_of("\x1b[1\x1b[A"
                "b") == Keys{"\x1b[1\x1b[A", "b"});
  CHECK(keys_of("\x1b[1\r2C"
                "b") == Keys{"\x1b[1\r2C", "b"});
}

TEST_CASE("a lone ESC, and a string that nobody ends, are inside") {
  for (const std::string& begun : {"\x1b"s, "\x1b["s, "\x1bO"s, "\x1b[M !"s, "\x1b]0;title"s, "\x1bPq"s, "\xe2\x82"s}) {
    KeyScanner scanner;
    scanner.pass(as_bytes(begun));
    CHECK_FALSE(scanner.outside());
  }
}
