// SPDX-License-Identifier: Apache-2.0
#include "cli/table.hpp"

#include <doctest/doctest.h>

using namespace charmux::cli;

TEST_CASE("columns are as wide as their widest cell, and a line ends with its last character") {
  Table table({"NAME", "STATE", "REASON"});
  table.add({"alpha", "open", ""});
  table.add({"b", "shut off", "its guest ended"});
  CHECK(table.text() ==
        "NAME   STATE     REASON\n"
        "alpha  open      -\n"
        "b      shut off  its guest ended\n");
}

TEST_CASE("a cell takes the columns that a terminal gives it, not its bytes") {
  CHECK(display_width("alpha") == 5);
  CHECK(display_width("größe") == 5);
  CHECK(display_width("控制台") == 6);
  CHECK(display_width("e\xcc\x81") == 1);  // with a combining acute accent
  CHECK(display_width("\xf0\x9f\x92\xbb") == 2);
  Table table({"NAME", "STATE"});
  table.add({"控制台", "open"});
  table.add({"größe", "gone"});
  CHECK(table.text() ==
        "NAME    STATE\n"
        "控制台  open\n"
        "größe   gone\n");
}

TEST_CASE("no byte of a name moves the cursor") {
  Table table({"NAME", "STATE"});
  table.add({"a\x1b[2J\n", "\xff"});
  CHECK(table.text() ==
        "NAME          STATE\n"
        "a\\x1b[2J\\x0a  \\xff\n");
}
