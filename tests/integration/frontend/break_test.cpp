// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "kit/client.hpp"
#include "kit/house.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

HouseSettings with(Breaks& breaks) {
  HouseSettings settings;
  settings.breaks = &breaks;
  return settings;
}

/// All that the client sent before has been looked at.
void wait_heard(House& house, TelnetClient& client) {
  const auto answers = [&] { return count_of(" watching, ", client.text()); };
  const auto before = answers();
  client.command(kAreYouThere);
  house.run_until("it is answered that charmux is there", [&] {
    client.poll();
    return answers() > before;
  });
}

void wait_sees(House& house, TelnetClient& client, std::string_view part) {
  house.run_until("a client sees it", [&] {
    client.poll();
    return client.sees(part);
  });
}

}  // namespace

TEST_CASE("of breaks without end one at a time is on its way to the guest") {
  Breaks breaks;
  House house(with(breaks));
  TelnetClient client = house.attach_telnet(house.open_telnet());
  for (int i = 0; i < 1000; ++i) client.command(kBreak);
  wait_heard(house, client);
  CHECK(breaks.size() == 1);

  breaks[0](Status{});
  client.command(kBreak);
  wait_heard(house, client);
  REQUIRE(breaks.size() == 2);
  breaks[1](failure("no break: the monitor is busy"));
  wait_sees(house, client, "[charmux: no break: the monitor is busy]\r\n");
  client.command(kBreak);
  wait_heard(house, client);
  CHECK(breaks.size() == 3);
}

TEST_CASE("a break of one who finds the pen free reaches the guest, and takes it") {
  Breaks breaks;
  House house(with(breaks));
  const At door = house.open_telnet();
  TelnetClient first = house.attach_telnet(door);
  TelnetClient second = house.attach_telnet(door);
  first.close();
  house.run_until("the first has gone", [&] { return house.sessions.count() == 1; });
  REQUIRE(house.console.writer() == nullptr);
  second.command(kBreak);
  wait_heard(house, second);
  CHECK(breaks.size() == 1);
  CHECK(house.console.writer() != nullptr);
}

TEST_CASE("a break of one who has not the pen reaches nobody, and it is told who types") {
  Breaks breaks;
  House house(with(breaks));
  const At door = house.open_telnet();
  const TelnetClient first = house.attach_telnet(door);
  TelnetClient second = house.attach_telnet(door);
  second.command(kBreak);
  wait_sees(house, second, "[charmux: read-only: ");
  config::Listen listen = House::telnet();
  listen.access = config::Access::watch;
  TelnetClient third = house.attach_telnet(house.open(listen));
  third.command(kBreak);
  wait_sees(house, third, "[charmux: read-only: ");
  CHECK(breaks.empty());
}

TEST_CASE("a break that is answered when who sent it has gone disturbs nobody") {
  Breaks breaks;
  House house(with(breaks));
  TelnetClient client = house.attach_telnet(house.open_telnet());
  client.command(kBreak);
  wait_heard(house, client);
  REQUIRE(breaks.size() == 1);
  client.close();
  house.run_until("it has gone", [&] { return house.sessions.count() == 0; });
  breaks[0](failure("no break: too late"));
}

TEST_CASE("what is typed after a break comes to the guest after it") {
  Breaks breaks;
  House house(with(breaks));
  TelnetClient client = house.attach_telnet(house.open_telnet());
  client.write("before");
  house.run_until("what was typed before has come", [&] { return house.typed() == "before"; });
  client.command(kBreak);
  client.write("h");
  wait_heard(house, client);
  REQUIRE(breaks.size() == 1);
  CHECK(house.typed() == "before");
  breaks[0](Status{});
  house.run_until("the key has come behind the break", [&] { return house.typed() == "beforeh"; });
}
