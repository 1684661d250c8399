// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "kit/client.hpp"
#include "kit/house.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// What a viewer is sent through when nobody looks at what it is sent.
struct NoWire final : console::Wire {
  Sent send(BytesView bytes, std::uint64_t) override { return {bytes.size(), false}; }
  void tell(std::string_view, bool) override {}
  bool flush() override { return true; }
  void input_may_go_on() override {}
  void finished() override {}
  void expire(const std::string&) override {}
};

}  // namespace

TEST_CASE("a raw client that closes its sending side goes on reading, without the pen and without spinning") {
  for (const int port : {0, 7001}) {
    House house;
    Connection script = house.attach_raw(house.open_raw(port));
    TelnetClient person = house.attach_telnet(house.open_telnet());
    script.write("uname\n");
    script.half_close();
    house.run_until("its input has come", [&] { return house.typed() == "uname\n"; });
    CHECK(house.world.turns_left_alone() < World::kCalm);
    house.print("Linux\n");
    house.run_until("it has its answer", [&] {
      script.poll();
      return script.received() == "Linux\n";
    });
    CHECK(house.world.turns_left_alone() < World::kCalm);
    person.write("ls\r");
    house.run_until("another may type", [&] { return house.typed() == "uname\nls\r"; });
    CHECK(house.sessions.count() == 2);
  }
}

TEST_CASE("a raw client that closed its sending side is noticed when it goes away") {
  for (const int port : {0, 7001}) {
    House house;
    Connection script = house.attach_raw(house.open_raw(port));
    script.half_close();
    CHECK(house.world.turns_left_alone() < World::kCalm);
    CHECK(house.sessions.count() == 1);
    script.close();
    // Over TCP nothing tells it before something is sent.
    if (port != 0) house.print("anybody?\n");
    house.run_until("it has gone", [&] { return house.sessions.count() == 0; });
  }
}

TEST_CASE("a raw client that closed its sending side and does not read is noticed when it goes away") {
  for (const int port : {0, 7001}) {
    House house;
    config::Listen listen = House::raw();
    listen.on_lag = config::OnLag::skip;
    Connection script = house.attach_raw(house.open(listen, port), 4096);
    script.half_close();
    for (int i = 0; i < 200; ++i) house.print(numbered_lines(0, 1000));
    CHECK(house.world.turns_left_alone() < World::kCalm);
    CHECK(house.sessions.count() == 1);
    script.close();
    house.run_until("it has gone", [&] { return house.sessions.count() == 0; });
  }
}

TEST_CASE("a telnet client's end of input is its goodbye") {
  House house;
  TelnetClient client = house.attach_telnet(house.open_telnet(7001));
  client.write("exit\r");
  client.half_close();
  house.run_until("it is closed", [&] {
    client.poll();
    return client.ended();
  });
  CHECK(house.sessions.count() == 0);
  house.run_until("its input has come", [&] { return house.typed() == "exit\r"; });
}

TEST_CASE("a raw client that has said all and loses the pen by force does not get it back") {
  House house;
  Connection script = house.attach_raw(house.open_raw());
  const console::Viewer& typist = *house.console.viewers().front();
  while (house.console.input_room(typist) == 4 * KiB) {  // the guest does not read
    script.write(std::string(1000, 'x'));
    house.world.turn();
  }
  script.half_close();
  CHECK(house.world.turns_left_alone() < World::kCalm);
  REQUIRE(house.console.writer() == &typist);
  NoWire wire;
  {
    console::ViewerSettings settings;
    settings.writer = config::WriterMode::force;
    const console::Viewer forcer(house.console, wire, settings, {"somebody", "a door", std::nullopt});
    CHECK(house.console.writer() == &forcer);
  }
  CHECK(house.console.writer() == nullptr);
  CHECK(house.sessions.count() == 1);
}
