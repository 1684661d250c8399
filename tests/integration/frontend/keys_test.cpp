// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "kit/client.hpp"
#include "kit/house.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

const std::string kEscape =
    "\x05"
    "c";

config::Listen with_keys() {
  config::Listen listen = House::telnet();
  listen.keys = config::EscapeSequence{};
  return listen;
}

void wait_sees(House& house, TelnetClient& client, const std::string& part) {
  house.run_until("a client sees it", [&] {
    client.poll();
    return client.sees(part);
  });
}

void wait_typed(House& house, const std::string& all) {
  house.run_until("the guest has been typed to", [&] { return house.typed().size() >= all.size(); });
  CHECK(house.typed() == all);
}

void press(TelnetClient& client, const std::string& keys) { client.write(kEscape + keys); }

}  // namespace

TEST_CASE("a key may come byte by byte, and nothing of it reaches the guest or another viewer") {
  House house;
  const At door = house.open(with_keys());
  TelnetClient me = house.attach_telnet(door);
  TelnetClient other = house.attach_telnet(door);
  for (const char byte : "ab" + kEscape + "v" + "c") {
    me.write(std::string(1, byte));
    house.world.turn();
  }
  wait_sees(house, me, "[charmux: charmuxd ");
  wait_typed(house, "abc");
  other.poll();
  CHECK_FALSE(other.sees("charmuxd"));
}

TEST_CASE("a held key takes the room of one, and is the guest's once the next byte says so") {
  House house;
  TelnetClient me = house.attach_telnet(house.open(with_keys()));
  me.write("a\x05");
  wait_typed(house, "a");
  me.write("b");
  wait_typed(house,
             "a\x05"
             "b");
}

TEST_CASE("an answer comes once though its key is pressed while the client reads nothing") {
  House house;
  TelnetClient me = house.attach_telnet(house.open(with_keys()));
  for (int i = 0; i < 200; ++i) press(me, "?");
  press(me, "v");
  house.run_until("the last is answered", [&] {
    me.poll();
    return me.sees("[charmux: charmuxd ");
  });
  // So many wait at most; of more the oldest are dropped, and no memory is used for them.
  CHECK(count_of("keys, each behind ^Ec", me.text()) <= 200);
  me.write("x");
  wait_typed(house, "x");
}

TEST_CASE("what is typed during the pauses of a break sequence comes behind it, whoever types it how") {
  Breaks breaks;
  House house({.breaks = &breaks});
  TelnetClient me = house.attach_telnet(house.open(with_keys()));
  press(me, "l4one");
  wait_typed(house, "\r");
  me.write("two");
  wait_typed(house, "\r~\x02onetwo");
}

TEST_CASE("of what comes in the pauses of a break sequence no more is read than what came with it") {
  Breaks breaks;
  House house({.breaks = &breaks});
  TelnetClient me = house.attach_telnet(house.open(with_keys()));
  press(me, "l4");
  wait_typed(house, "\r");
  me.write(std::string(4 * MiB, 'x'));
  std::size_t unread = 0;
  house.run_until("the sequence goes on", [&] {
    unread = me.unsent();
    me.poll();
    return house.typed().size() > 1;
  });
  CHECK(unread > 0);
}

TEST_CASE("a break sequence stops where another takes the pen, and its client is read again") {
  House house;
  const At door = house.open(with_keys());
  TelnetClient me = house.attach_telnet(door);
  TelnetClient other = house.attach_telnet(door);
  press(me, "l4never");
  wait_typed(house, "\r");
  press(other, "f");
  wait_sees(house, other, "[charmux: you type; ");
  wait_sees(house, me, "[charmux: ^Ecl needs the pen: ");
  other.write("x");
  wait_typed(house, "\rx");
  press(me, "v");
  wait_sees(house, me, "[charmux: charmuxd ");
}

TEST_CASE("who leaves in the pauses of a break sequence leaves it undone") {
  House house;
  TelnetClient me = house.attach_telnet(house.open(with_keys()));
  press(me, "l4");
  wait_typed(house, "\r");
  me.close();
  house.run_until("it has gone", [&] { return house.sessions.count() == 0; });
  CHECK(house.typed() == "\r");
}

TEST_CASE("a break that is answered late is not told to a viewer that has left for elsewhere") {
  Breaks breaks;
  House house({.breaks = &breaks});
  TelnetClient me = house.attach_telnet(house.open(with_keys()));
  press(me, "l0");
  house.run_until("the break is asked for", [&] { return breaks.size() == 1; });
  press(me, ".");
  wait_sees(house, me, "[charmux: disconnected]\r\n");
  breaks[0](failure("no break: too late"));
  me.close();
  house.run_until("it has gone", [&] { return house.sessions.count() == 0; });
}

TEST_CASE("notices go on off the line of what is typed for charmux, and the guest's output goes on in it") {
  House house;
  const At door = house.open(with_keys());
  TelnetClient me = house.attach_telnet(door);
  TelnetClient other = house.attach_telnet(door);
  press(me, "bhel");
  wait_sees(house, me, "\r\nhel");
  press(other, "bhi\r");
  wait_sees(house, me, "hi]\r\n");
  const std::string text = me.text();
  CHECK(text.find("\r\nhel\r\n[charmux: ") != std::string::npos);
  house.print("output\n");
  me.write("lo\r");
  wait_sees(house, me, "output\nlo\r\n[charmux: told to the other viewer]\r\n");
  wait_sees(house, other, ": hello]\r\n");
}
