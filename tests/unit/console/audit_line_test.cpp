// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "console/audit.hpp"

using namespace charmux;
using namespace charmux::console;
using namespace std::string_literals;

namespace {

constexpr WallTime kTime{std::chrono::milliseconds(1'795'000'000'007)};

}  // namespace

TEST_CASE("an act is a line of JSON: when, where, what, who, from where, and what belongs to it") {
  const ViewerOrigin oncall{"127.0.0.1:40312", "telnet:127.0.0.1:7001", "oncall"};
  CHECK(line_of({"alpha", "break", oncall, "result", "sent"}, kTime) ==
        R"({"time":"2026-11-18T11:06:40.007Z","console":"alpha","act":"break","who":"oncall",)"
        R"("from":"127.0.0.1:40312","door":"telnet:127.0.0.1:7001","result":"sent"})"
        "\n");
  const ViewerOrigin stranger{"127.0.0.1:40313", "telnet:127.0.0.1:7001", {}};
  CHECK(line_of({"", "attach", stranger}, kTime) ==
        R"({"time":"2026-11-18T11:06:40.007Z","console":null,"act":"attach","who":null,)"
        R"("from":"127.0.0.1:40313","door":"telnet:127.0.0.1:7001"})"
        "\n");
}

TEST_CASE("typed bytes are had back from their line: what is not UTF-8 is \\xNN, a backslash two of them") {
  const ViewerOrigin by{"a", "b", {}};
  const std::string line = line_of({"c", "typed", by, "bytes", "ls\r\x03\xff\\x00 \xe2\x82\xac\xe2\x82\0\n"s}, kTime);
  CHECK(line.find(R"("bytes":"ls\r\u0003\\xff\\\\x00 )"
                  "\xe2\x82\xac"
                  R"(\\xe2\\x82\u0000\n")") != std::string::npos);
  CHECK(line.find('\n') == line.size() - 1);
}

TEST_CASE("a name that is no text makes a line all the same") {
  const ViewerOrigin by{"\xff", "\xfe", "\xfd"};
  CHECK(line_of({"\xfc", "attach", by}, kTime).ends_with("}\n"));
}
