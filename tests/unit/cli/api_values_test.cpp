// SPDX-License-Identifier: Apache-2.0
#include "cli/api_values.hpp"

#include <doctest/doctest.h>

using namespace charmux::cli;

TEST_CASE("a console is read out of what charmuxd says") {
  const auto consoles = parse_consoles(
      R"([{"name": "alpha", "number": 1, "ports": [7001, 9001], "backend": "pty:/dev/pts/3", "state": "open",
           "reason": "", "viewers": 2, "writer": "127.0.0.1:40312", "last_output": "2026-11-21T12:57:30.123Z", "offset": 18446744073709551615},
          {"name": "b", "number": null, "ports": [], "writer": null, "last_output": null, "viewers": 0}])");
  REQUIRE(consoles);
  REQUIRE(consoles->size() == 2);
  CHECK(consoles->front().ports == "7001,9001");
  CHECK(consoles->front().viewer_count == "2");
  CHECK(consoles->front().offset == 18446744073709551615U);
  CHECK(consoles->front().last_output == "2026-11-21T12:57:30.123Z");
  CHECK(consoles->back().last_output.empty());
  CHECK(consoles->front().watched());
  CHECK(consoles->back().number.empty());
  CHECK(consoles->back().writer.empty());
  CHECK_FALSE(consoles->back().watched());
  CHECK_FALSE(consoles->back().offset);
}

TEST_CASE("a console's viewers are read where they are listed") {
  const auto console = parse_console(
      R"({"name": "alpha", "viewers": [{"user": null, "from": "uid 0", "door": "control", "mode": "watch",
          "since": "2026-11-21T12:57:30.123Z", "lag": 5, "skipped": 0}]})");
  REQUIRE(console);
  REQUIRE(console->viewers.size() == 1);
  CHECK(console->viewers[0].user.empty());
  CHECK(console->viewers[0].lag == "5");
  CHECK(console->viewer_count == "1");
}

TEST_CASE("what is not as it should be is empty or an error, and never ends the program") {
  for (const char* const wrong : {"", "{", "[1,2", "\"\xff\"", "nonsense", "null", "7"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_consoles(wrong));
    CHECK_FALSE(parse_console(wrong));
    CHECK_FALSE(parse_daemon(wrong));
    CHECK(parse_fault(wrong).error.empty());
  }
  CHECK(parse_consoles("[1, null, []]")->empty());
  const auto odd = parse_console(R"({"name": 7, "ports": "x", "viewers": {}, "offset": -1, "state": ["open"]})");
  REQUIRE(odd);
  CHECK(odd->name == "7");
  CHECK(odd->ports.empty());
  CHECK(odd->state.empty());
  CHECK_FALSE(odd->offset);
  CHECK(parse_daemon(R"({"listeners": [1, {"address": 2}], "sources": {}})")->listeners.size() == 1);
}
