// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "kit/client.hpp"
#include "kit/house.hpp"
#include "kit/log_capture.hpp"
#include "kit/texts.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

bool queue_full(const House& house) {
  return house.console.writer() != nullptr && house.console.input_room(*house.console.writer()) == 0;
}

/// Types numbered lines until the guest's queue and ours are full, and 9,000 bytes more, which wait on our side of the
/// client's connection. What was typed.
std::string fill(House& house, Connection& client) {
  int line = 0;
  const auto type_more = [&] {
    client.write(numbered_lines(line, line + 1000));
    line += 1000;
  };
  house.run_until("the queue is full", [&] {
    client.flush();
    if (client.all_sent() && !queue_full(house)) type_more();
    return client.all_sent() && queue_full(house);
  });
  type_more();
  house.run_until("all of it is on our side", [&] {
    client.flush();
    int unsent = 0;
    ::ioctl(client.fd(), SIOCOUTQ, &unsent);
    return client.all_sent() && (!client.is_tcp() || unsent == 0);
  });
  CHECK(house.world.turns_left_alone() < World::kCalm);
  CHECK(queue_full(house));
  return numbered_lines(0, line);
}

void wait_typed(House& house, Connection& client, const std::string& all) {
  house.run_until("the guest has it all", [&] {
    client.flush();
    return house.typed().size() >= all.size();
  });
  CHECK(house.typed() == all);
}

}  // namespace

TEST_CASE("input for a guest that does not read waits, at most input_queue of it, and all arrives when it reads") {
  House house;
  const At door = house.open_raw();
  Connection client = house.attach_raw(door);
  const std::string typed = numbered_lines(0, 200'000);
  client.write(typed);
  house.run_until("the queue is full", [&] { return queue_full(house); });
  CHECK(house.world.turns_left_alone() < World::kCalm);
  client.flush();
  CHECK_FALSE(client.all_sent());
  wait_typed(house, client, typed);
}

TEST_CASE("input for a guest that is shut off waits for it") {
  House house;
  TelnetClient client = house.attach_telnet(house.open_telnet());
  house.power_off();
  house.run_until("it is noticed", [&] {
    client.poll();
    return client.sees("[charmux: vm is shut off; waiting]\r\n");
  });
  client.write("boot\r");
  house.power_on();
  wait_typed(house, client, "boot\r");
}

TEST_CASE("a telnet writer that hangs up while its socket is not read is noticed; what waited is dropped and counted") {
  House house({.log_level = LogLevel::info});
  const LogCapture log(house.world.directory / "log");
  for (const int port : {0, 7001}) {
    TelnetClient client = house.attach_telnet(house.open_telnet(port));
    const std::string typed = fill(house, client);
    client.close();
    house.run_until("it has gone", [&] { return house.sessions.count() == 0; });
    CHECK(log.count("4096 bytes of input did not reach the guest: ") == (port == 0 ? 1 : 2));
    CHECK(log.has("left before the guest read them"));
    CHECK(house.world.turns_left_alone() < World::kCalm);
    // The guest has what its kernel had, and what comes next comes next.
    TelnetClient next = house.attach_telnet(house.open_telnet());
    next.write("next");
    house.run_until("the next one types", [&] {
      next.flush();
      const std::string& all = house.typed();
      return all.size() >= 4 && all.substr(all.size() - 4) == "next";
    });
    const std::string arrived = house.guest.take_received();
    CHECK(typed.substr(0, arrived.size() - 4) + "next" == arrived);
    next.close();
    house.run_until("it has gone", [&] { return house.sessions.count() == 0; });
  }
}

TEST_CASE("a raw writer may close its sending side while its socket is not read: all of its input arrives") {
  for (const int port : {0, 7001}) {
    House house;
    Connection client = house.attach_raw(house.open_raw(port));
    const std::string typed = fill(house, client);
    client.half_close();
    CHECK(house.world.turns_left_alone() < World::kCalm);
    CHECK(house.sessions.count() == 1);
    wait_typed(house, client, typed);
    house.print("and goes on reading\n");
    house.run_until("it has read that", [&] {
      client.poll();
      return client.received() == "and goes on reading\n";
    });
  }
}

TEST_CASE("an interrupt key, which telnet sends urgently, is obeyed though the writer's socket is not read") {
  House house;
  TelnetClient client = house.attach_telnet(house.open_telnet(7001));
  const std::string typed = fill(house, client);
  // IAC IP, IAC DM: the Synch of RFC 854, which takes back what waits before it.
  REQUIRE(::send(client.fd(), "\xFF\xF4\xFF\xF2", 4, MSG_OOB) == 4);
  house.run_until("what waited is taken back", [&] { return !queue_full(house); });
  CHECK(house.world.turns_left_alone() < World::kCalm);
  CHECK(house.sessions.count() == 1);
  client.write("ls\r");
  const std::string behind = "\x03ls\r";
  house.run_until("the guest has what it had, and that", [&] {
    client.flush();
    return house.typed().ends_with(behind);
  });
  const std::string& arrived = house.typed();
  CHECK(typed.starts_with(arrived.substr(0, arrived.size() - behind.size())));
}

TEST_CASE("who has the pen passes it on only when its last input has reached the guest") {
  House house;
  Connection raw = house.attach_raw(house.open_raw());
  TelnetClient next = house.attach_telnet(house.open_telnet());
  std::string typed;
  const auto room = [&] { return house.console.input_room(*house.console.writer()); };
  while (room() == 4 * KiB) {
    // Little by little, so that some of it waits in the queue, which is not full: the end behind it is read.
    raw.write(numbered_lines(0, 100));
    typed += numbered_lines(0, 100);
    for (int i = 0; i < 3; ++i) house.world.turn();
  }
  REQUIRE(room() > 0);
  raw.half_close();
  CHECK(house.world.turns_left_alone() < World::kCalm);
  next.write("next");
  house.run_until("it is told that another types", [&] {
    next.poll();
    return next.sees("[charmux: read-only: ");
  });
  CHECK_FALSE(next.sees("[charmux: the pen is free: you type now]\r\n"));
  house.run_until("the pen has passed", [&] {
    house.typed();
    next.poll();
    return next.sees("[charmux: the pen is free: you type now]\r\n");
  });
  next.write("NEXT");
  wait_typed(house, next, typed + "NEXT");
}
