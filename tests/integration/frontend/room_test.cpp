// SPDX-License-Identifier: Apache-2.0
// How many may come, and how many descriptors those doors take by themselves by which they come.
#include <doctest/doctest.h>

#include "frontend/listeners.hpp"
#include "kit/client.hpp"
#include "kit/house.hpp"
#include "kit/log_capture.hpp"

using namespace charmux;
using namespace charmux::test;

TEST_CASE("that there is no room is in the log once, however many come in vain, and again when there had been room") {
  HouseSettings settings;
  settings.log_level = LogLevel::warn;
  settings.viewers = 2;
  House house(settings);
  const LogCapture log(house.world.directory / "log");
  const At door = house.open_telnet();
  const auto come_in_vain = [&] {
    for (int i = 0; i < 3; ++i) {
      TelnetClient client(connect_to(door));
      house.run_until("it is turned away", [&] {
        client.poll();
        return client.ended();
      });
      CHECK(client.text() == "[charmux: full, try later]\r\n");
    }
  };
  const std::string line =
      "full: 2 connected, others are turned away; raise limits.viewers or the limit of open files\n";
  TelnetClient stays = house.attach_telnet(door);
  {
    const TelnetClient leaves = house.attach_telnet(door);
    CHECK(log.count("full") == 0);
    come_in_vain();
    CHECK(log.count(line) == 1);
  }
  house.run_until("one has left", [&] { return house.sessions.count() == 1; });
  const TelnetClient comes = house.attach_telnet(door);
  come_in_vain();
  CHECK(log.count(line) == 2);
}

TEST_CASE("one who comes and goes while there is no room is not in the log each time") {
  HouseSettings settings;
  settings.log_level = LogLevel::warn;
  settings.viewers = 4;
  House house(settings);
  const LogCapture log(house.world.directory / "log");
  const At door = house.open_raw();
  std::vector<Connection> stay;
  while (stay.size() < settings.viewers - 1) stay.push_back(house.attach_raw(door));
  for (int i = 0; i < 3; ++i) {
    {
      const Connection comes_and_goes = house.attach_raw(door);
      Connection in_vain = connect_to(door);
      house.run_until("it is turned away", [&] {
        in_vain.poll();
        return in_vain.ended();
      });
    }
    house.run_until("it has gone", [&] { return house.sessions.count() == stay.size(); });
  }
  CHECK(log.count("full: ") == 1);
}

TEST_CASE("descriptors of listeners are counted by address and open port") {
  House house;
  frontend::Listeners listeners(house.world.loop, house.world.log, house.consoles, house.sessions, house.gate);
  const auto at = [](std::uint16_t port) {
    return std::vector{*net::literal_endpoint({"127.0.0.1", port}), *net::literal_endpoint({"127.0.0.2", port})};
  };
  CHECK(listeners.descriptors() == 0);

  config::Listen fixed = House::telnet();
  fixed.place = address::HostPort{"both", 7000};
  REQUIRE(listeners.open({fixed}, at(7000)));
  CHECK(listeners.descriptors() == 2);

  config::Listen row = House::telnet();
  row.place = address::HostPort{"both", 0};
  row.ports = config::PortRange{7001, 7002};
  REQUIRE(listeners.open({row}, at(0)));
  CHECK(listeners.descriptors() == 2);  // none is open yet
  CHECK(listeners.count() == 2);
  house.console.set_number(1);
  listeners.offer(house.console);
  CHECK(listeners.descriptors() == 4);
  listeners.withdraw(house.console);
  CHECK(listeners.descriptors() == 2);

  const ChardevServer taken(At::port(7002));
  house.console.set_number(2);
  const LogCapture log(house.world.directory / "log");
  listeners.offer(house.console);
  CHECK(listeners.descriptors() == 2);
  listeners.close();
  CHECK(listeners.descriptors() == 0);
}
