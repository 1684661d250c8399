// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <random>

#include "kit/client.hpp"
#include "kit/house.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// A mebibyte of anything but a line end.
std::string garbage() {
  std::minstd_rand dice(7);
  std::string text;
  while (text.size() < MiB) {
    const char next = static_cast<char>(dice() % 256);
    if (next != '\n' && next != '\r') text += next;
  }
  return text;
}

void wait_typed(House& house, Connection& client, const std::string& all) {
  house.run_until("the guest has it all", [&] {
    client.poll();
    return house.typed().size() >= all.size();
  });
  CHECK(house.typed() == all);
}

}  // namespace

TEST_CASE("a mebibyte of garbage without a line end reaches the guest whole, through a raw door") {
  House house;
  Connection client = house.attach_raw(house.open_raw());
  client.write(garbage());
  wait_typed(house, client, garbage());
}

TEST_CASE("a mebibyte of garbage without a line end reaches the guest whole, through a telnet door") {
  House house;
  TelnetClient client = house.attach_telnet(house.open_telnet());
  std::string wire;
  for (const char byte : garbage()) wire += byte == '\xFF' ? std::string("\xFF\xFF") : std::string(1, byte);
  client.write(wire);
  wait_typed(house, client, garbage());
}

TEST_CASE("garbage that telnet takes for commands harms nobody") {
  House house;
  const At door = house.open_telnet();
  TelnetClient other = house.attach_telnet(door);
  TelnetClient fool = house.attach_telnet(door);
  fool.write(garbage());
  house.run_until("all of it has been read", [&] {
    fool.Connection::poll();
    return fool.all_sent() || fool.ended();
  });
  house.print("still here\n");
  house.run_until("the other sees the console", [&] {
    other.poll();
    return other.sees("still here\n");
  });
  other.write("ls\r");
  wait_typed(house, other, "ls\r");
}

TEST_CASE("half a negotiation and then silence changes nothing for anybody") {
  House house;
  const At door = house.open_telnet();
  TelnetClient silent = house.attach_telnet(door, TelnetClient::Answers::never);
  silent.write(std::string("\xFF\xFA\x1F\x00", 4));  // IAC SB NAWS, one byte of four
  TelnetClient other = house.attach_telnet(door);
  house.print("output\n");
  house.run_until("both see the console", [&] {
    silent.poll();
    other.poll();
    return silent.sees("output\n") && other.sees("output\n");
  });
  CHECK(house.world.turns_left_alone() < World::kCalm);
  // The rest of it, and what is typed behind.
  silent.write(std::string("\x50\x00\x18\xFF\xF0ls\r\n", 9));
  wait_typed(house, silent, "ls\r");
}

TEST_CASE("telnet's commands do what they say, and none is typed into the guest") {
  House house;
  TelnetClient client = house.attach_telnet(house.open_telnet(), TelnetClient::Answers::never);
  client.write(std::string("\xFF\xFB\x1F\xFF\xFA\x1F\x00\xFF\xFF\x00\x18\xFF\xF0", 13));  // WILL NAWS, 255 x 24
  client.command(kInterruptProcess);
  client.command(kAreYouThere);
  client.command(kBreak);
  client.write("x\r\n");
  house.run_until("all are answered", [&] {
    client.poll();
    return client.sees("[charmux: no break: a raw socket carries none, only QEMU's monitor or telnet do]\r\n") &&
           count_of("[charmux: vm, 1 watching, you type", client.text()) == 2;
  });
  wait_typed(house, client, "\x03x\r");
}

TEST_CASE("a client that asks and asks without reading is owed little, and others notice nothing") {
  House house;
  const At door = house.open_telnet();
  TelnetClient flood = house.attach_telnet(door);
  TelnetClient other = house.attach_telnet(door);
  // Each asks for an answer of its own: DO TIMING-MARK, then AYT. All answers would be 8 MiB.
  std::string wire;
  while (wire.size() < MiB) wire += "\xFF\xFD\x06\xFF\xF6";
  flood.write(wire);
  for (int i = 0; i < 50; ++i) {
    flood.flush();
    house.print(numbered_lines(i * 100, (i + 1) * 100));
    other.poll();
  }
  house.run_until("the other has all", [&] {
    other.poll();
    return console_bytes(other.text()) == numbered_lines(0, 5000);
  });
  CHECK(house.world.turns_left_alone() < World::kCalm);
  house.run_until("it reads at last", [&] {
    flood.poll();
    return flood.all_sent() && flood.sees("00004999\n");
  });
  CHECK(console_bytes(flood.text()) == numbered_lines(0, 5000));
  // What its kernel and ours had taken before it read, and then no more than the newest.
  CHECK(flood.text().size() < 512 * KiB);
}

TEST_CASE("a client that was not read because it took no answers is read again once it takes them") {
  HouseSettings settings;
  settings.sessions.outbox = 64;
  House house(settings);
  TelnetClient client = house.attach_telnet(house.open_telnet());
  // It reads nothing, until its socket is full.
  for (int i = 0; i < 50; ++i) house.print(numbered_lines(i * 1000, (i + 1) * 1000));
  std::string wire;
  for (int i = 0; i < 40; ++i) wire += "\xFF\xFD\x06";  // IAC DO TIMING-MARK, each answered
  client.write(wire);
  client.flush();
  (void)house.world.turns_left_alone();
  client.write("typed");
  house.run_until("it is read again", [&] {
    client.poll();
    return house.typed() == "typed";
  });
}
