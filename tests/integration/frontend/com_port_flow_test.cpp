// SPDX-License-Identifier: Apache-2.0
// What a client of RFC 2217 holds back, and what it throws away.
#include <doctest/doctest.h>

#include "kit/house.hpp"
#include "kit/log_capture.hpp"
#include "kit/port_client.hpp"
#include "kit/texts.hpp"

using namespace charmux;
using namespace charmux::test;
using Command = protocol::ComPortCommand;

namespace {

void wait_text(House& house, PortClient& client, std::string_view text) {
  house.run_until("it has that", [&] {
    client.poll();
    return client.text().size() >= text.size();
  });
  CHECK(client.text() == text);
}

/// A client that has asked to be sent nothing.
PortClient suspended(House& house, const At& door) {
  PortClient client = attach_port(house, door);
  client.take_heard();
  client.say({Command::flowcontrol_suspend});
  // A suspend is not answered: that number would suspend the client. What comes behind it is.
  CHECK(asked(house, client, {Command::set_datasize, 0}) == "2=8");
  return client;
}

const console::Viewer& viewer(const House& house) { return *house.console.viewers().back(); }

}  // namespace

TEST_CASE("a suspended client is sent nothing but answers, keeps its place, and goes on where it stopped") {
  House house;
  PortClient client = suspended(house, house.open(House::rfc2217()));
  const std::string printed = numbered_lines(0, 1000);
  house.print(printed);
  CHECK(asked(house, client, {Command::set_datasize, 7}) == "2=7");
  CHECK(client.text().empty());
  CHECK(viewer(house).lag() == printed.size());
  CHECK(house.world.turns_left_alone() < World::kCalm);
  client.say({Command::flowcontrol_resume});
  wait_text(house, client, printed);
}

TEST_CASE("a suspended client stops the guest no longer than one that reads nothing, and is skipped like that") {
  House house;
  config::Listen listen = House::rfc2217();
  listen.on_lag = config::OnLag::skip;
  PortClient client = suspended(house, house.open(listen));
  const std::string printed = numbered_lines(0, 50'000);  // seven rings of it
  house.print(printed);
  client.say({Command::flowcontrol_resume});
  house.run_until("it has been skipped, and is live", [&] { return viewer(house).lag() == 0; });
  house.print("the end\n");
  house.run_until("it has the end", [&] {
    client.poll();
    return client.text().find("the end\n") != std::string::npos;
  });
  CHECK(viewer(house).skipped() > 0);
  CHECK(client.text().size() + viewer(house).skipped() == printed.size() + 8);
}

TEST_CASE("a suspended client of a door that says so is closed when it is a ring behind") {
  House house({.log_level = LogLevel::info});
  const LogCapture log(house.world.directory / "log");
  PortClient client = suspended(house, house.open(House::rfc2217()));
  house.print(numbered_lines(0, 50'000));
  house.run_until("it is closed", [&] { return house.sessions.count() == 0; });
  CHECK(log.count("it read too slowly and fell a whole ring behind (on-lag=close)") == 1);
}

TEST_CASE("a purge of what was received leaves out for this client what it was not sent yet, and counts it") {
  House house;
  const At door = house.open(House::rfc2217());
  PortClient client = suspended(house, door);
  Connection other = house.attach_raw(house.open_raw());
  house.print("old\n");
  CHECK(asked(house, client, {Command::purge_data, 1}) == "12=1");
  CHECK(house.console.viewers().front()->skipped() == 4);
  client.say({Command::flowcontrol_resume});
  house.print("new\n");
  wait_text(house, client, "new\n");
  house.run_until("the other has it all", [&] {
    other.poll();
    return other.received() == "old\nnew\n";
  });
}

TEST_CASE("a purge of what is to be sent drops what this client has typed and the guest has not got") {
  House house({.log_level = LogLevel::info});
  const LogCapture log(house.world.directory / "log");
  PortClient client = attach_port(house, house.open(House::rfc2217()));
  client.take_heard();
  house.power_off();
  CHECK(wait_heard(house, client, 1) == "7=b");
  client.write("rm -rf\r");
  CHECK(asked(house, client, {Command::purge_data, 2}) == "12=2");
  client.write("ls\r");
  house.power_on();
  house.run_until("the guest has the rest", [&] { return !house.typed().empty(); });
  CHECK(house.typed() == "ls\r");
  CHECK(log.count("7 bytes of input did not reach the guest: it was purged (RFC 2217)") == 1);
}
