// SPDX-License-Identifier: Apache-2.0
#include "cli/hex_view.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace charmux;
using namespace charmux::cli;

namespace {

constexpr WallTime kAt{std::chrono::seconds(1'700'000'000) + std::chrono::microseconds(42)};

std::string shown(char direction, std::uint64_t offset, std::string_view bytes) {
  return hex_view({direction, kAt, offset, as_bytes(bytes)});
}

/// The lines behind the first.
std::string rows(std::uint64_t offset, std::string_view bytes) {
  const std::string all = shown('<', offset, bytes);
  return all.substr(all.find('\n') + 1);
}

}  // namespace

TEST_CASE("a block begins with its direction, time, place and size") {
  CHECK(shown('<', 0, "hello").starts_with("< " + clock_text(kAt) + ".000042 offset 0, 5 bytes\n"));
  CHECK(shown('>', 1234567, "x").starts_with("> " + clock_text(kAt) + ".000042 offset 1234567, 1 byte\n"));
}

TEST_CASE("a line is as hexdump -C prints it, whatever there is of it") {
  CHECK(rows(0, "a") == "00000000  61                                                |a|\n");
  CHECK(rows(0, "12345678") == "00000000  31 32 33 34 35 36 37 38                           |12345678|\n");
  CHECK(rows(0, "123456789") == "00000000  31 32 33 34 35 36 37 38  39                       |123456789|\n");
  CHECK(rows(0, "0123456789abcdef") ==
        "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n");
}

TEST_CASE("a line holds 16 bytes, and each says where it begins") {
  CHECK(rows(0x1fff0, std::string(17, 'z')) ==
        "0001fff0  7a 7a 7a 7a 7a 7a 7a 7a  7a 7a 7a 7a 7a 7a 7a 7a  |zzzzzzzzzzzzzzzz|\n"
        "00020000  7a                                                |z|\n");
  CHECK(rows(0x123456789, "a").starts_with("123456789  61 "));
}

TEST_CASE("what is not printable ASCII is a dot: no byte of a guest moves the terminal's cursor") {
  CHECK(rows(0, std::string_view("\0\x1b[m~\x7f\x80\xff", 8)) ==
        "00000000  00 1b 5b 6d 7e 7f 80 ff                           |..[m~...|\n");
}
