// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "kit/client.hpp"
#include "kit/house.hpp"
#include "kit/log_capture.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// The name under which a TCP client is known.
std::string name_of(const Connection& client) {
  At at;
  at.length = sizeof at.storage;
  ::getsockname(client.fd(), reinterpret_cast<sockaddr*>(&at.storage), &at.length);
  return fmt::format("127.0.0.1:{}", ntohs(reinterpret_cast<const sockaddr_in&>(at.storage).sin_port));
}

void wait_typed(House& house, const std::string& all) {
  house.run_until("the guest has been typed to", [&] { return house.typed().size() >= all.size(); });
  CHECK(house.typed() == all);
}

void wait_sees(House& house, TelnetClient& client, const std::string& part) {
  house.run_until("a client sees it", [&] {
    client.poll();
    return client.sees(part);
  });
}

}  // namespace

TEST_CASE("the first viewer types, and another is told once who does, however much it types") {
  House house;
  const At door = house.open_telnet(7001);
  TelnetClient first = house.attach_telnet(door);
  TelnetClient second = house.attach_telnet(door);
  CHECK(first.sees("[charmux: vm, 1 watching, you type; connected, nothing heard yet]\r\n"));
  CHECK(second.sees(fmt::format("[charmux: vm, 2 watching, {} types; read-only; connected", name_of(first))));
  for (int i = 0; i < 5; ++i) {
    second.write("not mine");
    house.world.turn();
  }
  wait_sees(house, second, fmt::format("[charmux: read-only: {} types]\r\n", name_of(first)));
  first.write("mine");
  wait_typed(house, "mine");
  second.command(kAreYouThere);  // what comes after it: nothing is on its way any more
  house.run_until("that is answered", [&] {
    second.poll();
    return count_of("[charmux: vm, 2 watching", second.text()) == 2;
  });
  CHECK(count_of("[charmux: read-only:", second.text()) == 1);
}

TEST_CASE(
    "the pen passes to who has wanted it longest, each being told, and who types in vain is told of each typist") {
  House house;
  const At door = house.open_telnet(7001);
  TelnetClient first = house.attach_telnet(door);
  TelnetClient idle = house.attach_telnet(door);
  TelnetClient third = house.attach_telnet(door);
  TelnetClient second = house.attach_telnet(door);
  const std::string refusal = fmt::format("[charmux: read-only: {} types]\r\n", name_of(first));
  second.write("x");
  wait_sees(house, second, refusal);
  third.write("y");
  wait_sees(house, third, refusal);

  first.close();
  wait_sees(house, second, "[charmux: the pen is free: you type now]\r\n");
  second.write("second");
  wait_typed(house, "second");
  third.write("y");
  wait_sees(house, third, fmt::format("[charmux: read-only: {} types]\r\n", name_of(second)));

  second.close();
  wait_sees(house, third, "[charmux: the pen is free: you type now]\r\n");
  third.write("third");
  wait_typed(house, "secondthird");

  third.close();
  house.run_until("it has gone", [&] { return house.sessions.count() == 1; });
  idle.poll();
  CHECK_FALSE(idle.sees("pen"));
  // Nobody wanted it, so it lies free for who types next.
  idle.write("idle");
  wait_typed(house, "secondthirdidle");
}

TEST_CASE("a raw client that types without the pen is closed, with the reason in the log and nothing in-band") {
  House house({.log_level = LogLevel::info});
  const LogCapture log(house.world.directory / "log");
  Connection writer = house.attach_raw(house.open_raw(7001));
  Connection other = house.attach_raw(house.open_raw(7002));
  house.print("output\n");
  other.write("x");
  house.run_until("it is closed", [&] {
    other.poll();
    return other.ended();
  });
  CHECK(other.received() == "output\n");
  CHECK(log.has(fmt::format("console vm: {} left: it typed while {} has the pen", name_of(other), name_of(writer))));
  writer.write("mine");
  wait_typed(house, "mine");
}

TEST_CASE("through a door that only lets watch nobody gets the pen, not even alone") {
  House house({.log_level = LogLevel::info});
  const LogCapture log(house.world.directory / "log");
  config::Listen telnet = House::telnet();
  telnet.access = config::Access::watch;
  config::Listen raw = House::raw();
  raw.access = config::Access::watch;
  TelnetClient watcher = house.attach_telnet(house.open(telnet));
  Connection raw_watcher = house.attach_raw(house.open(raw));
  CHECK(watcher.sees("[charmux: vm, 1 watching, nobody types; read-only; connected, nothing heard yet]\r\n"));
  watcher.write("xyz");
  wait_sees(house, watcher, "[charmux: read-only: this door only lets you watch]\r\n");
  raw_watcher.write("x");
  house.run_until("it is closed", [&] {
    raw_watcher.poll();
    return raw_watcher.ended();
  });
  CHECK(log.has("left: it typed, and may only watch here (access=watch, or its user's rules)"));
  TelnetClient writer = house.attach_telnet(house.open_telnet());
  CHECK(writer.sees("[charmux: vm, 2 watching, you type; connected"));
  writer.write("mine");
  wait_typed(house, "mine");
  writer.close();
  house.run_until("it has gone", [&] { return house.sessions.count() == 1; });
  watcher.write("x");
  watcher.command(kAreYouThere);
  house.run_until("that is answered", [&] {
    watcher.poll();
    return count_of("[charmux: vm, 1 watching, nobody types; read-only", watcher.text()) == 2;
  });
  CHECK(house.typed() == "mine");
}

TEST_CASE(
    "a watching terminal that answers the guest's question does not want to type, and is not told that it may not") {
  House house;
  const At door = house.open_telnet(7001);
  TelnetClient writer = house.attach_telnet(door);
  TelnetClient watcher = house.attach_telnet(door);
  watcher.write("\x1b[24;80R");
  watcher.command(kAreYouThere);  // what comes after it: nothing is on its way any more
  house.run_until("that is answered", [&] {
    watcher.poll();
    return count_of("[charmux: vm, 2 watching", watcher.text()) == 2;
  });
  CHECK_FALSE(watcher.sees("read-only: 127"));
  writer.write("\x1b[24;80R");
  wait_typed(house, "\x1b[24;80R");
}
