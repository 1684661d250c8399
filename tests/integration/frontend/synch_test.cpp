// SPDX-License-Identifier: Apache-2.0
// Telnet's Synch (RFC 854) and TIMING-MARK (RFC 860): what a user takes back, and behind what the server is.
#include <doctest/doctest.h>

#include "kit/house.hpp"
#include "kit/log_capture.hpp"
#include "kit/texts.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

constexpr std::string_view kAskMark = "\xFF\xFD\x06";
constexpr std::string_view kMark = "\xFF\xFB\x06";

/// A telnet client whose bytes are looked at as they come, with BINARY both ways.
Connection attach(House& house, const At& door) {
  Connection client = house.attach_raw(door);
  client.write(std::string("\xFF\xFD\0\xFF\xFB\0", 6));
  house.run_until("it is live", [&] {
    client.poll();
    return client.received().find("[charmux: live]\r\n") != std::string::npos;
  });
  (void)client.take_received();
  return client;
}

/// A Synch as BSD's clients send it: what is urgent ends with the DM.
void synch(Connection& client, std::string_view before = {}) {
  REQUIRE(client.all_sent());
  const std::string bytes = std::string(before) + "\xFF\xF2";
  REQUIRE(::send(client.fd(), bytes.data(), bytes.size(), MSG_OOB) == static_cast<ssize_t>(bytes.size()));
}

void wait_typed(House& house, std::string_view all) {
  house.run_until("the guest has it", [&] { return house.typed().size() >= all.size(); });
  CHECK(house.typed() == all);
}

}  // namespace

TEST_CASE("a Synch takes back what is on its way and what waits, and its commands are obeyed") {
  House house({.log_level = LogLevel::info});
  const LogCapture log(house.world.directory / "log");
  Connection client = attach(house, house.open_telnet(7001));
  house.power_off();
  house.run_until("it is told", [&] {
    client.poll();
    return client.received().find("shut off") != std::string::npos;
  });
  client.write("waits here");
  house.run_until("it waits", [&] { return house.console.input_room(*house.console.writer()) < 4 * KiB - 9; });
  client.write("is on its way");
  synch(client, "\xFF\xF4");
  client.write("ls\r");
  house.power_on();
  wait_typed(house, "\x03ls\r");
  CHECK(log.count("10 bytes of input did not reach the guest: its client took it back (telnet's Synch)") == 1);
  CHECK(log.count("13 bytes of input were taken back by its client (telnet's Synch)") == 1);
  CHECK(house.world.turns_left_alone() < World::kCalm);
}

TEST_CASE("a DM without urgent data, as behind a middlebox, takes nothing back") {
  House house;
  for (const int port : {0, 7001}) {
    Connection client = attach(house, house.open_telnet(port));
    client.write(
        "a\xFF\xF4"
        "b\xFF\xF2"
        "c");
    wait_typed(house,
               "a\x03"
               "bc");
    (void)house.guest.take_received();
    client.close();
    house.run_until("it has gone", [&] { return house.sessions.count() == 0; });
  }
}

TEST_CASE("interrupts without end, all of them urgent, take no more room than there is") {
  House house({.input_queue = 16});
  Connection client = attach(house, house.open_telnet(7001));
  house.power_off();
  house.run_until("it is noticed", [&] { return !house.console.is_open(); });
  std::string interrupts;
  for (int i = 0; i < 1000; ++i) interrupts += "\xFF\xF4";
  synch(client, interrupts);
  client.write("ls\r");
  house.run_until("they are heard", [&] { return house.console.input_room(*house.console.writer()) == 0; });
  CHECK(house.world.turns_left_alone() < World::kCalm);
  house.power_on();
  house.run_until("what is typed behind comes", [&] { return house.typed().find("ls\r") != std::string::npos; });
  CHECK(house.typed() == std::string(16, '\x03') + "ls\r");
}

TEST_CASE("a TIMING-MARK is answered behind the output that was there when it was asked for, and before later output") {
  House house({.ring = 1 * MiB});
  Connection client = attach(house, house.open_telnet());
  const std::string printed = numbered_lines(0, 50'000);
  // It reads nothing, so that most of this waits in the history.
  house.print(printed);
  client.write(kAskMark);
  for (int i = 0; i < 10; ++i) house.world.turn();
  client.take(1000);
  CHECK(client.received().find(kMark) == std::string::npos);
  house.run_until("it has come", [&] {
    client.poll();
    return client.received().find(kMark) != std::string::npos;
  });
  CHECK(client.received() == printed + std::string(kMark));
  (void)client.take_received();
  client.write(kAskMark);
  house.run_until("with nothing on the way it comes at once", [&] {
    client.poll();
    return client.received() == kMark;
  });
}

TEST_CASE("a TIMING-MARK is answered where output is skipped, too") {
  House house;
  Connection client = attach(house, house.open_telnet());
  house.print(numbered_lines(0, 20'000));
  client.write(kAskMark);
  for (int i = 0; i < 10; ++i) house.world.turn();
  house.print(numbered_lines(0, 50'000));
  house.run_until("it has come", [&] {
    client.poll();
    return client.received().find(kMark) != std::string::npos;
  });
  CHECK(client.received().find("bytes skipped]") != std::string::npos);
}
