// SPDX-License-Identifier: Apache-2.0
// A console as a serial port (RFC 2217), where there is no real one behind it.
#include <doctest/doctest.h>

#include "charmux/base/version.hpp"
#include "kit/client.hpp"
#include "kit/house.hpp"
#include "kit/log_capture.hpp"
#include "kit/port_client.hpp"

using namespace charmux;
using namespace charmux::test;
using Command = protocol::ComPortCommand;

namespace {

constexpr std::uint32_t kBreakOn = 5;
constexpr std::uint32_t kBreakOff = 6;

HouseSettings with(Breaks& breaks) {
  HouseSettings settings;
  settings.breaks = &breaks;
  return settings;
}

}  // namespace

TEST_CASE("opening a port tells its lines, and neither the guest nor the client anything else") {
  House house;
  house.print("before\n");
  PortClient client = attach_port(house, house.open(House::rfc2217()));
  CHECK(client.take_heard() == "7=b0");
  CHECK(asked(house, client, {Command::signature}) == fmt::format("0=charmux {}, vm", version()));
  client.write(std::string{'\xFF', '\xF6'});  // IAC AYT
  house.print("after\n");
  house.run_until("it has that", [&] {
    client.poll();
    return !client.text().empty();
  });
  CHECK(client.text() == "after\n");
  CHECK(house.typed().empty());
  CHECK(client.heard().empty());
}

TEST_CASE("a port is set to what any port could be set to, and answers with what holds") {
  House house;
  PortClient client = attach_port(house, house.open(House::rfc2217()));
  client.take_heard();
  struct Case {
    Command command;
    std::uint32_t value, holds;
  };
  const std::vector<Case> cases = {
      {Command::set_baudrate, 0, 115'200},   {Command::set_baudrate, 1'234'567, 1'234'567},
      {Command::set_baudrate, 0, 1'234'567}, {Command::set_datasize, 0, 8},
      {Command::set_datasize, 5, 5},         {Command::set_datasize, 9, 5},
      {Command::set_parity, 0, 1},           {Command::set_parity, 3, 3},
      {Command::set_parity, 6, 3},           {Command::set_stopsize, 0, 1},
      {Command::set_stopsize, 3, 3},         {Command::set_stopsize, 4, 3},
      {Command::set_control, 0, 1},          {Command::set_control, 13, 14},
      {Command::set_control, 3, 3},          {Command::set_control, 13, 16},
      {Command::set_control, 15, 15},        {Command::set_control, 0, 3},
      {Command::set_control, 7, 8},          {Command::set_control, 9, 9},
      {Command::set_control, 7, 9},          {Command::set_control, 10, 11},
      {Command::set_control, 12, 12},        {Command::set_control, 10, 12},
      {Command::set_control, 4, 6},          {Command::set_control, 200, 3},
      {Command::purge_data, 1, 1},           {Command::purge_data, 2, 2},
      {Command::purge_data, 3, 3},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK(asked(house, client, {c.command, c.value}) == fmt::format("{}={}", static_cast<int>(c.command), c.holds));
  }
  // It is the console's, not the client's.
  PortClient second = attach_port(house, house.open(House::rfc2217()));
  second.take_heard();
  CHECK(asked(house, second, {Command::set_baudrate, 0}) == "1=1234567");
}

TEST_CASE("who has not the pen is answered with what holds, changes nothing and breaks nothing") {
  Breaks breaks;
  House house(with(breaks));
  const At door = house.open(House::rfc2217());
  PortClient writer = attach_port(house, door);
  writer.take_heard();
  config::Listen watch = House::rfc2217();
  watch.access = config::Access::watch;
  for (const At& at : {door, house.open(watch)}) {
    PortClient client = attach_port(house, at);
    client.take_heard();
    CHECK(asked(house, client, {Command::set_baudrate, 9600}) == "1=115200");
    CHECK(asked(house, client, {Command::set_control, 9}) == "5=8");
    CHECK(asked(house, client, {Command::set_control, kBreakOn}) == "5=6");
    CHECK(asked(house, writer, {Command::set_baudrate, 0}) == "1=115200");
  }
  CHECK(breaks.empty());
  config::Listen shared = House::rfc2217();
  shared.writer = config::WriterMode::shared;
  PortClient client = attach_port(house, house.open(shared));
  client.take_heard();
  CHECK(asked(house, client, {Command::set_baudrate, 9600}) == "1=9600");
}

TEST_CASE("who finds the pen free takes it by setting the port, and asks nobody for one that is held") {
  House house;
  const At door = house.open(House::rfc2217());
  PortClient first = attach_port(house, door);
  PortClient second = attach_port(house, door);
  PortClient third = attach_port(house, door);
  second.take_heard();
  third.take_heard();
  CHECK(asked(house, third, {Command::set_baudrate, 9600}) == "1=115200");
  first.close();
  house.run_until("the first has gone", [&] { return house.sessions.count() == 2; });
  REQUIRE(house.console.writer() == nullptr);
  CHECK(asked(house, second, {Command::set_baudrate, 19'200}) == "1=19200");
  CHECK(house.console.writer() != nullptr);
}

TEST_CASE("a break that is switched on is one break, and answers come in the order of the commands") {
  Breaks breaks;
  House house(with(breaks));
  PortClient client = attach_port(house, house.open(House::rfc2217()));
  client.take_heard();
  client.say({Command::set_control, kBreakOn});
  client.say({Command::set_datasize, 7});
  house.run_until("the break is on its way", [&] { return breaks.size() == 1; });
  for (int i = 0; i < 5; ++i) house.world.turn();
  client.poll();
  CHECK(client.heard().empty());
  breaks[0](Status{});
  CHECK(wait_heard(house, client, 2) == "5=5 2=7");
  CHECK(asked(house, client, {Command::set_control, kBreakOn}) == "5=5");
  CHECK(asked(house, client, {Command::set_control, kBreakOff}) == "5=6");
  CHECK(breaks.size() == 1);
  client.say({Command::set_control, kBreakOn});
  house.run_until("the next break is on its way", [&] { return breaks.size() == 2; });
  breaks[1](failure("no break: the monitor is busy"));
  CHECK(wait_heard(house, client, 1) == "5=6");
  client.write(std::string{'\xFF', '\xF3'});  // IAC BREAK is one, too
  house.run_until("the third break is on its way", [&] { return breaks.size() == 3; });
}

TEST_CASE("who leaves while its break is on leaves a port of which the next one's break is a new one") {
  Breaks breaks;
  House house(with(breaks));
  const At door = house.open(House::rfc2217());
  for (std::size_t i = 0; i < 2; ++i) {
    PortClient client = attach_port(house, door);
    client.take_heard();
    client.say({Command::set_control, kBreakOn});
    house.run_until("the break is on its way", [&] { return breaks.size() == i + 1; });
    breaks[i](Status{});
    CHECK(wait_heard(house, client, 1) == "5=5");
    client.close();
    house.run_until("it has gone", [&] { return house.sessions.count() == 0; });
  }
}

TEST_CASE("a port's lines follow the guest, and each client is told the changes that it asked for") {
  House house;
  const At door = house.open(House::rfc2217());
  PortClient all = attach_port(house, door);
  PortClient carrier = attach_port(house, door);
  PortClient nothing = attach_port(house, door);
  all.take_heard();
  carrier.take_heard();
  nothing.take_heard();
  carrier.say({Command::set_modemstate_mask, 0x80});
  CHECK(wait_heard(house, carrier, 2) == "11=128 7=80");
  CHECK(asked(house, nothing, {Command::set_modemstate_mask, 0}) == "11=0");
  house.power_off();
  CHECK(wait_heard(house, all, 1) == "7=b");
  CHECK(wait_heard(house, carrier, 1) == "7=0");
  house.power_on();
  CHECK(wait_heard(house, all, 1) == "7=bb");
  CHECK(wait_heard(house, carrier, 1) == "7=80");
  // One who asks is told at any time; nothing has changed since.
  CHECK(asked(house, all, {Command::notify_modemstate}) == "7=b0");
  CHECK(asked(house, nothing, {Command::set_datasize, 0}) == "2=8");
}

TEST_CASE("a mask that is set for the line state is answered, and told at once that nothing is wrong") {
  House house;
  PortClient client = attach_port(house, house.open(House::rfc2217()));
  client.take_heard();
  client.say({Command::set_linestate_mask, 0x10});
  CHECK(wait_heard(house, client, 2) == "10=16 6=0");
  CHECK(asked(house, client, {Command::set_linestate_mask, 0}) == "10=0");
}

TEST_CASE("a client that types without the pen is closed, and the log says why") {
  House house({.log_level = LogLevel::info});
  const LogCapture log(house.world.directory / "log");
  const At door = house.open(House::rfc2217());
  PortClient first = attach_port(house, door);
  PortClient second = attach_port(house, door);
  second.write("x");
  house.run_until("it is closed", [&] {
    second.poll();
    return second.ended();
  });
  CHECK(log.count(" left: it typed while uid 0 has the pen") == 1);
  CHECK(second.text().empty());
  first.write("x");
  house.run_until("the first types", [&] { return house.typed() == "x"; });
}

TEST_CASE("a person's telnet is granted the option when it asks, and goes on being told how things stand") {
  House house;
  PortClient client(connect_to(house.open_telnet()));
  house.run_until("it has both", [&] {
    client.poll();
    return client.agreed() && client.text().find("[charmux: live]\r\n") != std::string::npos && !client.heard().empty();
  });
  CHECK(client.take_heard() == "7=b0");
  CHECK(asked(house, client, {Command::set_baudrate, 9600}) == "1=9600");
}
