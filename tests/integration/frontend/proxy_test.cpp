// SPDX-License-Identifier: Apache-2.0
// Who comes through a proxy is known by what its PROXY header says.
#include <doctest/doctest.h>

#include "kit/client.hpp"
#include "kit/house.hpp"
#include "kit/log_capture.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

constexpr std::string_view kHeader = "PROXY TCP4 192.0.2.7 192.0.2.1 40001 7001\r\n";

/// A door for proxies on this machine, or for those of a network that nobody here is in.
config::Listen behind(config::Listen listen, const char* network = "127.0.0.0/8") {
  listen.proxy_from = {*address::parse_network(network)};
  return listen;
}

void wait_for_viewer(House& house) {
  house.run_until("a viewer is there", [&] { return !house.console.viewers().empty(); });
}

}  // namespace

TEST_CASE("a proxy's client is known by its own address, and what it sends behind the header is its own") {
  House house({.log_level = LogLevel::info});
  const LogCapture log(house.world.directory / "log");
  Connection proxy = connect_to(house.open(behind(House::raw()), 7001));
  proxy.write(std::string(kHeader) + "typed\n");
  wait_for_viewer(house);
  CHECK(house.console.viewers().front()->who() == "192.0.2.7:40001");
  house.run_until("what it typed has come", [&] { return house.typed() == "typed\n"; });
  house.print("printed\n");
  house.run_until("it is shown", [&] {
    proxy.poll();
    return proxy.received() == "printed\n";
  });
  CHECK(log.has(" passes on 192.0.2.7:40001"));
  CHECK(house.sessions.count() == 1);
}

TEST_CASE("nothing is sent to a proxy before its header is whole, and it counts as a client") {
  House house;
  const At door = house.open(behind(House::telnet()), 7001);
  Connection proxy = connect_to(door);
  house.run_until("it is there", [&] { return house.sessions.count() == 1; });
  for (const char byte : kHeader.substr(0, kHeader.size() - 1)) {
    proxy.write(std::string(1, byte));
    house.world.turn();
  }
  CHECK(house.world.turns_left_alone() < World::kCalm);
  proxy.poll();
  CHECK(proxy.received().empty());
  CHECK(house.console.viewers().empty());
  proxy.write("\n");
  wait_for_viewer(house);
  house.run_until("it is greeted", [&] {
    proxy.poll();
    return proxy.received().find("[charmux: live]") != std::string::npos;
  });
}

TEST_CASE("a proxy that names nobody is the client itself") {
  House house;
  Connection proxy = connect_to(house.open(behind(House::raw()), 7001));
  proxy.write("PROXY UNKNOWN\r\n");
  wait_for_viewer(house);
  CHECK(house.console.viewers().front()->who().rfind("127.0.0.1:", 0) == 0);
}

TEST_CASE("who comes from elsewhere is a client like any other, whatever it begins with") {
  House house;
  Connection client = connect_to(house.open(behind(House::raw(), "10.0.0.0/8"), 7001));
  client.write(kHeader);
  house.run_until("it is typed", [&] { return house.typed() == kHeader; });
  CHECK(house.console.viewers().front()->who().rfind("127.0.0.1:", 0) == 0);
}

TEST_CASE(
    "who should send a header and sends something else, or hangs up in it, is closed with the reason in the log") {
  struct Case {
    std::string sent;
    std::string why;
  };
  for (const Case& each :
       {Case{"ls\r", "it sent no PROXY header; who connects from its network begins with one (proxy-from)"},
        Case{"PROXY TCP4 x\r\n", "it sent a wrong PROXY header: it holds no two TCP4 addresses"},
        Case{"PROXY TCP4 ", "it hung up before its PROXY header was whole"}}) {
    House house({.log_level = LogLevel::info});
    const LogCapture log(house.world.directory / "log");
    Connection proxy = connect_to(house.open(behind(House::telnet()), 7001));
    proxy.write(each.sent);
    if (each.sent == "PROXY TCP4 ") proxy.half_close();
    house.run_until("it is closed", [&] {
      proxy.poll();
      return proxy.ended() && house.sessions.count() == 0;
    });
    CHECK(log.has(each.why));
    CHECK(proxy.received().empty());
    CHECK(house.typed().empty());
  }
}

TEST_CASE("a proxy whose header does not come in time is closed") {
  House house({.log_level = LogLevel::info, .proxy_header = std::chrono::milliseconds(20)});
  const LogCapture log(house.world.directory / "log");
  Connection proxy = connect_to(house.open(behind(House::telnet()), 7001));
  proxy.write("PROXY");
  house.run_until("it is closed", [&] {
    proxy.poll();
    return proxy.ended() && house.sessions.count() == 0;
  });
  CHECK(log.has("it sent no whole PROXY header within 20ms; "));
}

TEST_CASE("a proxy that waits is no viewer when charmuxd stops, and holds nothing up") {
  House house;
  Connection proxy = connect_to(house.open(behind(House::telnet()), 7001));
  house.run_until("it is there", [&] { return house.sessions.count() == 1; });
  house.stop();
  house.run_until("it is closed", [&] { return house.sessions.count() == 0; });
}
