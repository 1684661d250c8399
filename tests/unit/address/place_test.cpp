// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/place.hpp"

#include <doctest/doctest.h>

using namespace charmux::address;

namespace {

std::string read_back(std::string_view text, Side side = Side::listen) {
  const auto place = parse_place(text, side);
  return place ? to_text(*place) : place.error().text;
}

HostPort host_port(std::string_view text) {
  const auto at = parse_host_port(text, Side::listen);
  REQUIRE(at);
  return *at;
}

}  // namespace

TEST_CASE("a host and port are read, and written back in one spelling") {
  struct Row {
    std::string_view text;
    HostPort at;
    std::string_view back;
  };
  const Row rows[] = {
      {"127.0.0.1:7001", {"127.0.0.1", 7001}, "127.0.0.1:7001"},
      {"localhost:1", {"localhost", 1}, "localhost:1"},
      {"Rack1-Switch_a.lab.:65535", {"rack1-switch_a.lab.", 65535}, "rack1-switch_a.lab.:65535"},
      {"*:00023", {"*", 23}, "*:23"},
      {"[::1]:7001", {"::1", 7001}, "[::1]:7001"},
      {"[0:0:0::0001]:7001", {"::1", 7001}, "[::1]:7001"},
      {"[FE80::1%eth0.5]:23", {"fe80::1%eth0.5", 23}, "[fe80::1%eth0.5]:23"},
      {"[::ffff:127.0.0.1]:23", {"::ffff:127.0.0.1", 23}, "[::ffff:127.0.0.1]:23"},
      {"7up:80", {"7up", 80}, "7up:80"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(host_port(row.text) == row.at);
    CHECK(read_back(row.text) == row.back);
  }
}

TEST_CASE("a path is absolute or abstract, and written back with its commas doubled") {
  CHECK(*parse_place("/run/vm.sock", Side::connect) == Place(SocketPath{"/run/vm.sock", false}));
  CHECK(*parse_place("@vm:1", Side::connect) == Place(SocketPath{"vm:1", true}));
  CHECK(read_back("/run/a,b") == "/run/a,,b");
  CHECK(read_back("/" + std::string(106, 'x')) == "/" + std::string(106, 'x'));
}

TEST_CASE("a wrong host, port or path is refused with what to write instead") {
  struct Row {
    std::string_view text;
    std::string_view why;
  };
  const Row rows[] = {
      {"localhost", "'localhost' has no port: write HOST:PORT, such as 127.0.0.1:7001"},
      {"", "'' has no port: write HOST:PORT, such as 127.0.0.1:7001"},
      {"[::1]", "'[::1]' has no port: write HOST:PORT, such as 127.0.0.1:7001"},
      {"[::1]7001", "'[::1]7001' goes on behind its ']': write [::1]:PORT"},
      {"[::1:7001", "'[::1:7001' has no ']': write [::1]:PORT"},
      {"::1:7001", "'::1:7001' has an IPv6 address without brackets: write [::1]:PORT"},
      {"::1", "'::1' has an IPv6 address without brackets: write [::1]:PORT"},
      {":7001", "':7001' has no host: write one, such as 127.0.0.1:PORT or [::1]:PORT, or *:PORT for every address"},
      {"[localhost]:1",
       "'[localhost]' does not hold an IPv6 address: write [::1]:PORT, or a name or IPv4 address without brackets"},
      {"[]:1", "'[]' does not hold an IPv6 address: write [::1]:PORT, or a name or IPv4 address without brackets"},
      {"[fe80::1%]:1", "'' is not an interface: write [fe80::1%eth0]:PORT"},
      {"[fe80::1%an-interface-too-long]:1", "'an-interface-too-long' is not an interface: write [fe80::1%eth0]:PORT"},
      {"127.0.0.1:", "'' is not a port: write a number from 1 to 65535"},
      {"127.0.0.1:http", "'http' is not a port: write a number from 1 to 65535"},
      {"127.0.0.1:65536", "'65536' is not a port: write a number from 1 to 65535"},
      {"127.0.0.1:000023", "'000023' is not a port: write a number from 1 to 65535"},
      {"127.0.0.1:+23", "'+23' is not a port: write a number from 1 to 65535"},
      {"127.0.0.1:23 ", "'23 ' is not a port: write a number from 1 to 65535"},
      {"127.0.0.1:0", "port 0 would be a free port that no client knows: write a number from 1 to 65535"},
      {"127.1:23",
       "'127.1' is not an IPv4 address: write four numbers from 0 to 255 without leading zeros, such as 127.0.0.1"},
      {"010.0.0.1:23",
       "'010.0.0.1' is not an IPv4 address: write four numbers from 0 to 255 without leading zeros, such as 127.0.0.1"},
      {"0x7f000001:23",
       "'0x7f000001' is not an IPv4 address: write four numbers from 0 to 255 without leading zeros, such as "
       "127.0.0.1"},
      {"127.0.0.1.:23",
       "'127.0.0.1.' is not an IPv4 address: write four numbers from 0 to 255 without leading zeros, such as "
       "127.0.0.1"},
      {"a b:23", "'a b' is not a host: write a name of letters, digits, '-', '_' and '.', an IPv4 address or [IPv6]"},
      {"-v:23", "'-v' is not a host: write a name of letters, digits, '-', '_' and '.', an IPv4 address or [IPv6]"},
      {".:23", "'.' is not a host: write a name of letters, digits, '-', '_' and '.', an IPv4 address or [IPv6]"},
      {"run/vm.sock", "'run/vm.sock' is neither HOST:PORT nor an absolute path: write /PATH"},
      {"@", "'@' alone names no abstract socket: write @NAME"},
  };
  for (const Row& row : rows) CHECK(read_back(row.text) == row.why);
}

TEST_CASE("a host name has at most 253 bytes, a socket's path 107, and neither holds a NUL") {
  CHECK(read_back(std::string(253, 'x') + ":1") == std::string(253, 'x') + ":1");
  CHECK(read_back(std::string(254, 'x') + ":1") ==
        "'" + std::string(254, 'x') +
            "' is not a host: write a name of letters, digits, '-', '_' and '.', an IPv4 address or [IPv6]");
  CHECK(read_back("/" + std::string(107, 'x')) ==
        "'/" + std::string(107, 'x') + "' has 108 bytes: a UNIX socket's path holds at most 107; use a shorter one");
  CHECK(read_back("@" + std::string(107, 'x')) == "@" + std::string(107, 'x'));
  CHECK(read_back(std::string_view("/a\0b", 4)) == "a socket's path cannot hold a NUL byte");
  CHECK(read_back(std::string_view("a\0b:1", 5)) == "a host and port cannot hold a NUL byte");
}

TEST_CASE("what can be listened at cannot always be connected to") {
  CHECK(read_back("*:23", Side::connect) ==
        "'*' is every address of this machine, to listen at: name one host to connect to");
  CHECK(read_back("127.0.0.1:0", Side::connect) == "port 0 cannot be connected to: write a number from 1 to 65535");
  CHECK(read_back(":23", Side::connect) == "':23' has no host: write one, such as 127.0.0.1:PORT or [::1]:PORT");
}

TEST_CASE("a host to listen at is read without a port, which belongs elsewhere") {
  const auto host = [](std::string_view text) {
    const auto at = parse_listen_host(text);
    if (!at) return at.error().text;
    CHECK(at->port == 0);
    return host_text(*at);
  };
  CHECK(host("127.0.0.1") == "127.0.0.1");
  CHECK(host("*") == "*");
  CHECK(host("[0::1]") == "[::1]");
  CHECK(host("[fe80::1%eth0]") == "[fe80::1%eth0]");
  CHECK(host("LocalHost") == "localhost");
  const std::string both = " has a port, and a range of ports: leave one of them out";
  CHECK(host("127.0.0.1:7001") == "'127.0.0.1:7001'" + both);
  CHECK(host("*:") == "'*:'" + both);
  CHECK(host("[::1]:7001") == "'[::1]:7001'" + both);
  CHECK(host("::1") == "'::1' has an IPv6 address without brackets: write [::1]");
  CHECK(host("[::1") == "'[::1' has no ']': write [::1]");
  CHECK(host("[::1]x") == "'[::1]x' goes on behind its ']': write [::1]");
  CHECK(host("/run/x") == "'/run/x' is no host: only a HOST has ports, such as 127.0.0.1 or [::1]");
  CHECK(host("@x") == "'@x' is no host: only a HOST has ports, such as 127.0.0.1 or [::1]");
  CHECK(host(std::string_view("a\0b", 3)) == "a host cannot hold a NUL byte");
  CHECK(host("127.1") ==
        "'127.1' is not an IPv4 address: write four numbers from 0 to 255 without leading zeros, such as 127.0.0.1");
}

TEST_CASE("loopback is 127.0.0.0/8, ::1 and localhost as written, and nothing else") {
  for (const std::string_view text :
       {"127.0.0.1:1", "127.255.0.9:1", "[::1]:1", "[0::1]:1", "[::1%lo]:1", "LocalHost:1"})
    CHECK(is_loopback(host_port(text)));
  for (const std::string_view text : {"0.0.0.0:1", "128.0.0.1:1", "[::]:1", "[::ffff:127.0.0.1]:1", "*:1",
                                      "127.example:1", "localhost.example:1", "[::1:1]:1"})
    CHECK_FALSE(is_loopback(host_port(text)));
}

TEST_CASE("a name is told from an address") {
  CHECK(is_name(host_port("localhost:1")));
  CHECK(is_name(host_port("rack1:1")));
  for (const std::string_view text : {"127.0.0.1:1", "[::1]:1", "*:1"}) CHECK_FALSE(is_name(host_port(text)));
}

TEST_CASE("two places overlap when they are one, or one is every address that the other is one of") {
  const auto both = [](std::string_view a, std::string_view b) {
    const auto left = parse_place(a, Side::listen);
    const auto right = parse_place(b, Side::listen);
    REQUIRE(left);
    REQUIRE(right);
    CHECK(overlap(*left, *right) == overlap(*right, *left));
    return overlap(*left, *right);
  };
  CHECK(both("127.0.0.1:1", "127.0.0.1:1"));
  CHECK(both("[::1]:1", "[0::1]:1"));
  CHECK(both("*:1", "127.0.0.1:1"));
  CHECK(both("*:1", "[::1]:1"));
  CHECK(both("0.0.0.0:1", "127.0.0.1:1"));
  CHECK(both("[::]:1", "[::1]:1"));
  CHECK(both("/run/a", "/run/a"));
  CHECK_FALSE(both("127.0.0.1:1", "127.0.0.1:2"));
  CHECK_FALSE(both("*:1", "127.0.0.1:2"));
  CHECK_FALSE(both("127.0.0.1:1", "127.0.0.2:1"));
  CHECK_FALSE(both("0.0.0.0:1", "[::1]:1"));
  CHECK_FALSE(both("[::]:1", "127.0.0.1:1"));
  CHECK_FALSE(both("/run/a", "@/run/a"));
  CHECK_FALSE(both("/run/a", "127.0.0.1:1"));
}
