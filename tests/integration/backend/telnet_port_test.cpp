// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <optional>
#include <vector>

#include "at_terminal_server.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;
using Command = protocol::ComPortCommand;
using Control = protocol::ComPortControl;

namespace {

std::uint32_t number(Control value) { return static_cast<std::uint32_t>(value); }

constexpr address::RemotePort kLab{9600, address::Framing{7, address::Parity::even, 2}, address::FlowControl::rtscts};

}  // namespace

TEST_CASE("a server's port is set as the address says, and again when it was opened again") {
  AtServer server(kLab);
  server.open();
  REQUIRE(server.line.port() != nullptr);
  const auto set = [&] {
    server.answer({Command::set_baudrate, 9600}, 9600);
    server.answer({Command::set_datasize, 7}, 7);
    server.answer({Command::set_parity, 3}, 3);
    server.answer({Command::set_stopsize, 2}, 2);
    server.answer({Command::set_control, number(Control::flow_rtscts)}, 3);
  };
  set();
  server.heard.clear();
  server.stream = Connection();
  server.run_until("it is open again", [&] { return server.sink->reached(State::closed); });
  server.run_until("it is open again", [&] { return server.sink->reached(State::open); });
  set();
  CHECK(server.sink->remarks.empty());
}

TEST_CASE("nothing is set that the address does not say") {
  AtServer server;
  server.open();
  server.left_alone();
  CHECK(server.heard.empty());
}

TEST_CASE("what the server's port does not take is told") {
  AtServer server(address::RemotePort{4000000, std::nullopt, std::nullopt});
  server.open();
  server.answer({Command::set_baudrate, 4000000}, 115200);
  server.run_until("it is told", [&] { return !server.sink->remarks.empty(); });
  CHECK(server.sink->remarks.front() == "rack1: its port does not take 4000000 baud; give what its hardware can do");
}

TEST_CASE("of each command one is on its way, the others wait for its answer, and answers are told apart by it") {
  AtServer server;
  server.open();
  const auto first = server.ask(Command::set_baudrate, 9600);
  const auto second = server.ask(Command::set_baudrate, 0);
  const auto other = server.ask(Command::set_datasize, 7);
  server.wait_heard({Command::set_datasize, 7});
  CHECK(server.heard.size() == 2);
  server.say(Command::set_datasize, 8);
  server.run_until("it is answered", [&] { return other->has_value(); });
  CHECK(**other == 8);
  CHECK_FALSE(*first);
  server.say(Command::set_baudrate, 19200);
  server.run_until("it is answered", [&] { return first->has_value(); });
  CHECK(**first == 19200);
  CHECK_FALSE(*second);
  server.answer({Command::set_baudrate, 0}, 38400);
  server.run_until("it is answered", [&] { return second->has_value(); });
  CHECK(**second == 38400);
}

TEST_CASE("a server that does not answer has changed nothing, and what waited behind it is asked") {
  AtServer server({}, kImpatient);
  server.open();
  server.ask(Command::set_control, number(Control::ask_dtr));
  server.answer({Command::set_control, number(Control::ask_dtr)}, number(Control::dtr_on));
  const auto dtr = server.ask(Command::set_control, number(Control::dtr_off));
  const auto rts = server.ask(Command::set_control, number(Control::rts_off));
  server.run_until("it is answered", [&] { return dtr->has_value(); });
  CHECK(**dtr == number(Control::dtr_on));
  server.wait_heard({Command::set_control, number(Control::rts_off)});
  server.run_until("it is answered", [&] { return rts->has_value(); });
  CHECK(**rts == number(Control::rts_on));
  const auto speed = server.ask(Command::set_baudrate, 19200);
  server.run_until("it is answered", [&] { return speed->has_value(); });
  CHECK(**speed == 9600);
}

TEST_CASE("an answer about another line than that was asked for is none") {
  AtServer server;
  server.open();
  const auto dtr = server.ask(Command::set_control, number(Control::dtr_off));
  server.wait_heard({Command::set_control, number(Control::dtr_off)});
  server.say(Command::set_control, number(Control::rts_off));
  server.say(Command::set_control, number(Control::dtr_off));
  server.run_until("it is answered", [&] { return dtr->has_value(); });
  CHECK(**dtr == number(Control::dtr_off));
}

TEST_CASE("a break is begun, and ended after its time; what is typed meanwhile comes behind it") {
  AtServer server;
  server.open();
  std::optional<Status> sent;
  server.line.send_break([&](const Status& status) { sent = status; });
  CHECK_FALSE(sent);
  server.sink->write("behind");
  server.wait_heard({Command::set_control, number(Control::break_on)});
  CHECK(server.typed.empty());
  server.wait_heard({Command::set_control, number(Control::break_off)});
  server.run_until("it is typed", [&] { return server.typed == "behind"; });
  REQUIRE(sent);
  CHECK(sent->has_value());
  CHECK(server.breaks == 0);
}

TEST_CASE("a break that is on when the server goes, or is let go, is answered with what became of it") {
  for (const bool put_down : {false, true}) {
    CAPTURE(put_down);
    AtServer server({}, {std::chrono::minutes(10), std::chrono::minutes(10)});
    server.open();
    std::optional<Status> sent;
    server.line.send_break([&](const Status& status) { sent = status; });
    server.wait_heard({Command::set_control, number(Control::break_on)});
    CHECK_FALSE(sent);
    put_down ? server.line.put_down("for a while") : server.stream.close();
    server.run_until("it is answered", [&] { return sent.has_value(); });
    REQUIRE_FALSE(*sent);
    CHECK(sent->error().text == "no break: the console was closed before its break was over");
  }
}

TEST_CASE("the end of a break that ser2net answers with its beginning is its end") {
  AtServer server;
  server.open();
  const auto ended = server.ask(Command::set_control, number(Control::break_off));
  server.answer({Command::set_control, number(Control::break_off)}, number(Control::break_on));
  server.run_until("it is answered", [&] { return ended->has_value(); });
  CHECK(**ended == number(Control::break_off));
}

TEST_CASE("what is typed waits while the server says so") {
  AtServer server;
  server.open();
  server.say(Command::flowcontrol_suspend);
  server.left_alone();
  server.sink->write("later");
  server.left_alone();
  CHECK(server.typed.empty());
  // Commands are no typing.
  server.ask(Command::set_baudrate, 0);
  server.wait_heard({Command::set_baudrate, 0});
  server.say(Command::flowcontrol_resume);
  server.run_until("it is typed", [&] { return server.typed == "later"; });
}

TEST_CASE("lines and errors at the server's port are asked for, and told, while somebody listens") {
  AtServer server;
  server.open();
  CHECK(server.line.port()->modem_state() == 0xB0);
  std::vector<unsigned> modem;
  std::vector<unsigned> line;
  server.line.port()->listen(
      {[&](std::uint8_t state) { modem.push_back(state); }, [&](std::uint8_t state) { line.push_back(state); }});
  server.wait_heard({Command::set_modemstate_mask, 0xFF});
  server.wait_heard({Command::set_linestate_mask, 0x1E});
  // ser2net says how they are, and not what has changed: CD and CTS have gone.
  server.say(Command::notify_modemstate, 0x20);
  server.say(Command::notify_modemstate, 0x20);
  server.say(Command::notify_linestate, 0x00);
  server.say(Command::notify_linestate, 0x71);
  server.run_until("it is told", [&] { return !line.empty(); });
  CHECK(modem == std::vector<unsigned>{0x29});
  CHECK(line == std::vector<unsigned>{0x10});
  CHECK(server.line.port()->modem_state() == 0x20);
  server.line.port()->listen({});
  server.wait_heard({Command::set_linestate_mask, 0});
  server.say(Command::notify_modemstate, 0xB0);
  server.run_until("it is known", [&] { return server.line.port()->modem_state() == 0xB0; });
  CHECK(modem.size() == 1);
}

TEST_CASE("what was typed is purged at the server; what has come is nobody's to throw away") {
  AtServer server;
  server.open();
  CHECK(**server.ask(Command::purge_data, 1) == 1);
  server.ask(Command::purge_data, 3);
  server.wait_heard({Command::purge_data, 2});
  CHECK(server.heard.size() == 1);
}

TEST_CASE("a server that refuses is told of, is sent no command, and gets telnet's break") {
  AtServer server(kLab);
  server.agrees = false;
  server.open();
  server.run_until("it is told", [&] { return !server.sink->remarks.empty(); });
  CHECK(server.sink->remarks.front() ==
        "rack1: it refuses RFC 2217: the settings of its port cannot be changed, and a break is telnet's");
  CHECK(server.line.port() == nullptr);
  bool sent = false;
  server.line.send_break([&](const Status& status) { sent = status.has_value(); });
  CHECK(sent);
  server.sink->write("works");
  server.run_until("it is typed", [&] { return server.typed == "works"; });
  CHECK(server.breaks == 1);
  CHECK(server.heard.empty());
}
