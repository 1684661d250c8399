// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <array>
#include <string>

#include "open_port.hpp"

using namespace charmux;
using namespace charmux::test;
using namespace std::chrono_literals;

TEST_CASE("a break begins and ends, and what is typed meanwhile is sent behind it") {
  OpenPort port;
  port.channel->want(loop::kReadable | loop::kWritable);
  port.send_break();
  CHECK(port.hardware.break_on);
  CHECK_FALSE(port.answer);
  CHECK(port.channel->write(as_bytes("x")).kind == net::Io::Kind::again);
  port.channel->want(loop::kReadable | loop::kWritable);
  port.wait_answer();
  CHECK(port.writable_during_break == 0);
  CHECK(port.answer->has_value());
  CHECK_FALSE(port.hardware.break_on);
  CHECK(port.hardware.breaks == 1);
  port.world.run_until("it may be written again", [&] { return port.writable > 0; });
  CHECK(port.channel->write(as_bytes("x")).kind == net::Io::Kind::moved);
}

TEST_CASE("a break waits until what was typed before it has been sent") {
  OpenPort port({1ms, 10min, 1ms, 5, 10ms, 1ms});
  SUBCASE("the driver has it") { port.hardware.unsent = 3; }
  SUBCASE("the transmitter has it") { port.hardware.transmitting = true; }
  port.send_break();
  CHECK(port.world.turns_left_alone() < World::kCalm);
  CHECK(port.hardware.breaks == 0);
  port.hardware.unsent = 0;
  port.hardware.transmitting = false;
  port.wait_answer();
  CHECK(port.answer->has_value());
  CHECK(port.hardware.breaks == 1);
}

TEST_CASE("where what was typed is held up for long no break is sent, and it is said why") {
  OpenPort port;
  port.hardware.unsent = 3;
  port.send_break();
  port.wait_answer();
  REQUIRE_FALSE(port.answer->has_value());
  CHECK(port.answer->error().text ==
        "no break: " + port.device.slave() + " has not sent what was typed before it: its other side may hold it up");
  CHECK(port.hardware.breaks == 0);
}

TEST_CASE("a second break that is asked for during one is that one") {
  OpenPort port;
  port.send_break();
  bool first = false;
  port.channel->send_break([&](const Status& status) { first = status.has_value(); });
  port.wait_answer();
  CHECK(first);
  CHECK(port.hardware.breaks == 1);
}

TEST_CASE("a break that is cut short by a close is ended") {
  OpenPort port;
  port.send_break();
  REQUIRE(port.hardware.break_on);
  port.channel.reset();
  CHECK_FALSE(port.hardware.break_on);
  CHECK_FALSE(port.answer);
}

TEST_CASE("who is answered may close the port") {
  OpenPort port;
  bool answered = false;
  port.channel->send_break([&](const Status&) {
    port.channel.reset();
    answered = true;
  });
  port.world.run_until("it is answered", [&] { return answered; });
}

TEST_CASE("a pty that stands for a port gets no break, and it is said why") {
  PtyMaster device;
  AtPort at;
  at.open(device);
  std::string why;
  at.line->send_break([&](const Status& status) { why = status ? "sent" : status.error().text; });
  CHECK(why == "no break: " + at.link + " is a pty, which has no wire to send one on");
}

TEST_CASE("a port that is parted from is worth waiting for until all is sent") {
  OpenPort port;
  port.hardware.unsent = 1;
  CHECK(port.channel->part());
  std::array<std::byte, 16> room;
  CHECK(port.channel->read(room).kind == net::Io::Kind::again);
  port.hardware.unsent = 0;
  CHECK(port.channel->read(room).kind == net::Io::Kind::end);
  CHECK_FALSE(port.channel->part());
}

TEST_CASE("what is still unsent when a port is closed is thrown away, as close(2) would wait for it") {
  OpenPort port;
  SUBCASE("unsent") { port.hardware.unsent = 5; }
  SUBCASE("sent") {}
  port.channel.reset();
  CHECK(port.hardware.flushed == (port.hardware.unsent > 0));
}

TEST_CASE("that CTS is off is said when what is typed has waited for it, and again a while later") {
  OpenPort port;
  port.hardware.lines = TIOCM_DTR | TIOCM_RTS;
  port.hardware.unsent = 1;
  REQUIRE(port.channel->write(as_bytes("x")).kind == net::Io::Kind::moved);
  port.world.run_until("it is said", [&] { return port.cts_remarks() == 1; });
  port.world.run_until("it is said again", [&] { return port.cts_remarks() == 2; });
}

TEST_CASE("nothing is said of CTS while it is on, nor when all was sent") {
  OpenPort port;
  SUBCASE("it is on") { port.hardware.unsent = 1; }
  SUBCASE("all was sent") { port.hardware.lines = 0; }
  REQUIRE(port.channel->write(as_bytes("x")).kind == net::Io::Kind::moved);
  static_cast<void>(port.world.turns_left_alone());
  CHECK(port.cts_remarks() == 0);
}
