// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "charmux/config/match.hpp"
#include "given.hpp"

using namespace charmux;
using namespace charmux::config;
using namespace std::chrono_literals;

namespace {

const std::string kAll =
    "writer = \"shared\"\nwriter_idle = \"10min\"\ninput_rate = \"2KiB\"\ninput_cr_delay = \"50ms\"\nquery = "
    "\"pass\"\n";
const Typing kAllOfIt{WriterMode::shared, 10min, 2048, 50ms, Query::pass};

}  // namespace

TEST_CASE("how people type is said of a configured console, and of discovered ones by their names") {
  const auto config =
      parse_toml("[[console]]\nname = \"a\"\nbackend = \"pty:/a\"\n" + kAll +
                     "[[console]]\nname = \"b\"\nbackend = \"pty:/b\"\n[[match]]\nconsole = \"lab-*\"\n" + kAll +
                     "[[match]]\nconsole = \"lab-7\"\nwriter = \"force\"\n",
                 "f", with({}), root());
  REQUIRE(config);
  CHECK(config->consoles.at(0).typing == kAllOfIt);
  CHECK(config->consoles.at(1).typing == Typing{});
  CHECK(settings_for(*config, "lab-1").typing == kAllOfIt);
  CHECK(settings_for(*config, "other").typing == Typing{});
  Typing forced = kAllOfIt;
  forced.writer = WriterMode::force;
  CHECK(settings_for(*config, "lab-7").typing == forced);
}

TEST_CASE("how people type is checked like any setting") {
  const auto one = [](const std::string& line) { return problems("[[match]]\nconsole = \"x\"\n" + line + "\n"); };
  CHECK(one("writer = \"all\"") == "f:3:10: 'writer' in [[match]] must be single, shared or force, not 'all'");
  CHECK(one("query = \"answer\"") == "f:3:9: 'query' in [[match]] must be writer or pass, not 'answer'");
  CHECK(one("writer_idle = \"31d\"") == "f:3:15: 'writer_idle' in [[match]] must be from 0 to 30d, not 31d");
  CHECK(one("input_cr_delay = \"11s\"") == "f:3:18: 'input_cr_delay' in [[match]] must be from 0 to 10s, not 11s");
  CHECK(one("input_rate = 9600") ==
        "f:3:14: 'input_rate' in [[match]] must be a size in quotes, such as \"64KiB\", not an integer");
}

TEST_CASE("acts are written to a file if one is named, and what is typed only then") {
  const auto config = parse_toml("[audit]\nfile = \"/var/log/a\"\ntyped = true\n", "f", with({}), root());
  REQUIRE(config);
  CHECK(config->audit == Audit{"/var/log/a", true});
  CHECK(parse_toml("", "f", with({}), root())->audit == Audit{});
  CHECK(problems("[audit]\ntyped = true\n") ==
        "f:2:9: 'typed' in [audit] needs the key 'file': nothing is written without");
  CHECK(problems("[audit]\nfile = \"/var/log/\"\n") ==
        "f:2:8: 'file' in [audit] is a directory: write a file's path, such as '/var/log/audit.log'");
  CHECK(problems("[audit]\nfile = \"a\"\n") ==
        "f:2:8: 'file' in [audit] must be an absolute path, not 'a': write one that begins with '/'");
  CHECK(problems("[[audit]]\n") == "f:1:3: 'audit' must be written [audit]");
}
