// SPDX-License-Identifier: Apache-2.0
#include "cli/leave_keys.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace charmux;
using namespace charmux::cli;

namespace {

/// What passes of these reads; "!" at its end for leaving, and nothing is read after that.
std::string typed(const std::vector<std::string>& reads, LeaveKey key = kLeaveKey) {
  LeaveKeys keys(key);
  Bytes pass;
  bool left = false;
  for (const std::string& read : reads)
    if (!left) left = keys.read(as_bytes(read), pass);
  return std::string(as_text(pass)) + (left ? "!" : "");
}

/// The same text in one read, and each byte in a read of its own.
std::string typed_either_way(const std::string& text) {
  std::vector<std::string> bytes;
  for (const char c : text) bytes.emplace_back(1, c);
  std::string whole = typed({text}, LeaveKey{});
  CHECK(typed(bytes, LeaveKey{}) == whole);
  return whole;
}

}  // namespace

TEST_CASE("the leave key leaves as the first byte of a read, and nowhere else") {
  CHECK(typed({"\x1d"}) == "!");
  CHECK(typed({"ls\r", "\x1d rest"}) == "ls\r!");
  CHECK(typed({"a\x1d", "b"}) ==
        "a\x1d"
        "b");
  CHECK(typed({"\x1d"}, LeaveKey{}) == "\x1d");
  CHECK(typed({"\x1d", "q"}, LeaveKey{std::byte{'q'}}) == "\x1d!");
  CHECK(typed({"", "\x05", "\x1d"}) == "!");
}

TEST_CASE("^Ec. leaves wherever it stands; every other use of ^E reaches charmuxd byte for byte") {
  CHECK(typed_either_way("ab\x05"
                         "c.rest") == "ab!");
  CHECK(typed_either_way("\x05x") == "\x05x");
  CHECK(typed_either_way("\x05"
                         "c?") ==
        "\x05"
        "c?");
  CHECK(typed_either_way("\x05"
                         "cx.") ==
        "\x05"
        "cx.");
  CHECK(typed_either_way("\x05\x05"
                         "c.") == "\x05!");
  CHECK(typed_either_way("\x05\x05x") == "\x05\x05x");
  CHECK(typed_either_way("\x05"
                         "c\x05"
                         "c.") ==
        "\x05"
        "c\x05"
        "c.");
  CHECK(typed_either_way("\x05"
                         "c?\x05"
                         "c.") ==
        "\x05"
        "c?!");
}

TEST_CASE("^E is held until the next byte tells what it is") {
  CHECK(typed({"a\x05"}) == "a");
  CHECK(typed({"a\x05", "c"}) == "a");
  CHECK(typed({"a\x05", "c", "w"}) ==
        "a\x05"
        "cw");
}

TEST_CASE("a key is written as ^X, as a character or as none") {
  CHECK(parse_leave_key("^]").value() == LeaveKey{std::byte{0x1D}});
  CHECK(parse_leave_key("^a").value() == LeaveKey{std::byte{0x01}});
  CHECK(parse_leave_key("^A").value() == LeaveKey{std::byte{0x01}});
  CHECK(parse_leave_key("^@").value() == LeaveKey{std::byte{0x00}});
  CHECK(parse_leave_key("^?").value() == LeaveKey{std::byte{0x7F}});
  CHECK(parse_leave_key("~").value() == LeaveKey{std::byte{'~'}});
  CHECK(parse_leave_key("^").value() == LeaveKey{std::byte{'^'}});
  CHECK_FALSE(parse_leave_key("none").value().has_value());
  for (const char* const wrong : {"", "^1", "^]x", "ab", "\xc3\xa9"}) CHECK_FALSE(parse_leave_key(wrong));
  CHECK(parse_leave_key("\x1b[").error().text == "-e '\\x1b[' is no key: write a character, ^X for Ctrl-X, or none");
}

TEST_CASE("a key's name is what is written for it") {
  for (const char* const name : {"^]", "^A", "^@", "^?", "~", "^"})
    CHECK(name_of(*parse_leave_key(name).value()) == name);
}
