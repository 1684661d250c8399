// SPDX-License-Identifier: Apache-2.0
#include "cli/last_lines.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace charmux;
using namespace charmux::cli;

namespace {

std::string last(std::string_view text, std::uint64_t lines) {
  const auto begin = last_lines(as_bytes(text), lines);
  return begin ? std::string(text.substr(*begin)) : "more";
}

}  // namespace

TEST_CASE("the last lines are counted as tail(1) does") {
  CHECK(last("a\nb\nc\n", 2) == "b\nc\n");
  CHECK(last("a\nb\nc", 2) == "b\nc");
  CHECK(last("a\n\n\n", 2) == "\n\n");
  CHECK(last("a\r\nb\r\n", 1) == "b\r\n");
  CHECK(last("a\nb\n", 0).empty());
  CHECK(last("", 0).empty());
}

TEST_CASE("where a line begins before what is looked at, that is said") {
  CHECK(last("", 1) == "more");
  CHECK(last("\n", 1) == "more");
  CHECK(last("b\nc\n", 2) == "more");
  CHECK(last("b\nc\n", 9) == "more");
  CHECK(last("\nb\nc\n", 2) == "b\nc\n");
}
