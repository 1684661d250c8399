// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "kit/client.hpp"
#include "kit/house.hpp"
#include "kit/texts.hpp"

using namespace charmux;
using namespace charmux::test;

TEST_CASE("at the stop each viewer reads what there was, telnet that it stops, and then the end") {
  // More than their sockets take, so that most of it is sent after the stop.
  House house({.ring = 1 * MiB});
  TelnetClient telnet = house.attach_telnet(house.open_telnet(7001));
  Connection raw = house.attach_raw(house.open_raw(7002));
  Connection half_closed = house.attach_raw(house.open_raw());
  half_closed.half_close();
  const std::string last = numbered_lines(0, 100'000);
  house.print(last);
  house.stop();
  house.run_until("all have the end", [&] {
    telnet.poll();
    raw.poll();
    half_closed.poll();
    return telnet.ended() && raw.ended() && half_closed.ended();
  });
  CHECK(console_bytes(telnet.text()) == last);
  CHECK(telnet.text().substr(telnet.text().size() - 34) == "\n[charmux: charmuxd is stopping]\r\n");
  CHECK(raw.received() == last);
  CHECK(half_closed.received() == last);
  CHECK(telnet.error() == 0);
  CHECK(raw.error() == 0);
  telnet.close();
  raw.close();
  half_closed.close();
  house.run_until("all have left", [&] { return house.sessions.count() == 0; });
  // The guest reads to the end of what was typed, and closes.
  house.run_until("the chardev is parted from", [&] {
    house.guest.poll();
    if (house.guest.ended()) house.guest.close();
    return house.console.stopped();
  });
}

TEST_CASE("a viewer that does not read is dropped when the time for stopping is up, and nothing spins until then") {
  House house({.ring = 1 * MiB});
  TelnetClient telnet = house.attach_telnet(house.open_telnet());
  const Connection raw = house.attach_raw(house.open_raw());
  house.print(numbered_lines(0, 100'000));
  telnet.write("typed while it stops");
  house.stop();
  CHECK(house.world.turns_left_alone() < World::kCalm);
  CHECK(house.sessions.count() == 2);
  house.sessions.expire_all("its time is up");
  house.run_until("they are gone", [&] { return house.sessions.count() == 0; });
}

TEST_CASE("a client that flooded charmuxd with questions and does not read makes nothing spin at the stop") {
  // So little that its answers fill it.
  House house({.sessions = {32}});
  TelnetClient flood = house.attach_telnet(house.open_telnet());
  std::string wire;
  while (wire.size() < MiB) wire += "\xFF\xFD\x06\xFF\xF6";
  flood.write(wire);
  for (int i = 0; i < 100; ++i) {
    house.print(numbered_lines(0, 100));
    flood.flush();
  }
  house.stop();
  CHECK(house.world.turns_left_alone() < World::kCalm);
  house.sessions.expire_all("its time is up");
  house.run_until("it is gone", [&] { return house.sessions.count() == 0; });
}

TEST_CASE("a client too many is told so by telnet, by raw only closed, and comes in when another has left") {
  House house({.viewers = 2});
  const At telnet = house.open_telnet();
  const At raw = house.open_raw();
  TelnetClient first = house.attach_telnet(telnet);
  TelnetClient second = house.attach_telnet(telnet);
  TelnetClient third(connect_to(telnet), TelnetClient::Answers::never);
  Connection fourth = connect_to(raw);
  house.run_until("both are turned away", [&] {
    third.poll();
    fourth.poll();
    return third.ended() && fourth.ended();
  });
  CHECK(third.text() == "[charmux: full, try later]\r\n");
  CHECK(fourth.received().empty());
  second.close();
  house.run_until("there is room", [&] { return house.sessions.count() == 1; });
  const TelnetClient late = house.attach_telnet(telnet);
  CHECK(late.sees("[charmux: live]\r\n"));
}
