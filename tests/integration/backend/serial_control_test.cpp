// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <optional>
#include <vector>

#include "backend/port_speed.hpp"
#include "open_port.hpp"

using namespace charmux;
using namespace charmux::test;
using namespace std::chrono_literals;
using Command = protocol::ComPortCommand;
using Control = protocol::ComPortControl;

namespace {

/// What the port answers: a number, at once, unless something is waited for.
std::optional<std::uint32_t> asked(backend::Channel& channel, Command command, std::uint32_t value) {
  std::optional<std::uint32_t> answer;
  channel.port()->ask(command, value, [&answer](std::uint32_t holds) { answer = holds; });
  return answer;
}

std::uint32_t number(Control value) { return static_cast<std::uint32_t>(value); }

std::optional<Control> asked(backend::Channel& channel, Control value) {
  const auto answer = asked(channel, Command::set_control, number(value));
  return answer ? std::optional(static_cast<Control>(*answer)) : std::nullopt;
}

/// What an ear heard.
struct Heard {
  std::vector<unsigned> modem;
  std::vector<unsigned> line;
  backend::PortControl::Ear ear() {
    return {[this](std::uint8_t state) { modem.push_back(state); },
            [this](std::uint8_t state) { line.push_back(state); }};
  }
};

}  // namespace

TEST_CASE("any speed is set, both ways, and what the port made of it is answered") {
  OpenPort port;
  CHECK(asked(*port.channel, Command::set_baudrate, 0) == 115200);
  CHECK(asked(*port.channel, Command::set_baudrate, 9600) == 9600);
  const termios named = settings_of(port.device);
  CHECK(::cfgetospeed(&named) == B9600);
  CHECK(asked(*port.channel, Command::set_baudrate, 74880) == 74880);
  CHECK(backend::port_speed(port.device.fd()) == 74880);
  CHECK(asked(*port.channel, Command::set_baudrate, 0) == 74880);
}

TEST_CASE("framing is set, and what the port did not take is answered as it is") {
  OpenPort port;
  CHECK(asked(*port.channel, Command::set_stopsize, 0) == 1);
  CHECK(asked(*port.channel, Command::set_stopsize, 2) == 2);
  CHECK((settings_of(port.device).c_cflag & CSTOPB) != 0);
  // With 8 bits there are no 1.5 stop bits.
  CHECK(asked(*port.channel, Command::set_stopsize, 3) == 2);
  CHECK(asked(*port.channel, Command::set_parity, 3) == 1);
  // A pty's driver knows 8 bits alone.
  CHECK(asked(*port.channel, Command::set_datasize, 8) == 8);
  CHECK(asked(*port.channel, Command::set_datasize, 7) == 8);
  CHECK(asked(*port.channel, Command::set_datasize, 9) == 8);
}

TEST_CASE("flow control is set, each way, and told") {
  OpenPort port;
  CHECK(asked(*port.channel, Control::ask_flow) == Control::flow_rtscts);
  CHECK(asked(*port.channel, Control::flow_xonxoff) == Control::flow_xonxoff);
  CHECK(settings_of(port.device).c_iflag == (IXON | IXOFF));
  CHECK((settings_of(port.device).c_cflag & CRTSCTS) == 0);
  CHECK(asked(*port.channel, Control::flow_in_none) == Control::flow_in_none);
  CHECK(settings_of(port.device).c_iflag == IXON);
  CHECK(asked(*port.channel, Control::flow_none) == Control::flow_none);
  CHECK(settings_of(port.device).c_iflag == 0);
  CHECK(asked(*port.channel, Control::flow_dsr) == Control::flow_none);
  CHECK(asked(*port.channel, Control::flow_in_dtr) == Control::flow_in_none);
}

TEST_CASE("CTS is looked at once a client has asked for flow control by it, and no more once it has not") {
  OpenPort port;
  REQUIRE(asked(*port.channel, Control::flow_none) == Control::flow_none);
  port.hardware.lines = 0;
  port.hardware.unsent = 1;
  REQUIRE(port.channel->write(as_bytes("x")).kind == net::Io::Kind::moved);
  static_cast<void>(port.world.turns_left_alone());
  CHECK(port.cts_remarks() == 0);
  REQUIRE(asked(*port.channel, Control::flow_rtscts) == Control::flow_rtscts);
  REQUIRE(port.channel->write(as_bytes("x")).kind == net::Io::Kind::moved);
  port.world.run_until("it is said", [&] { return port.cts_remarks() == 1; });
}

TEST_CASE("DTR and RTS are raised and lowered") {
  OpenPort port;
  CHECK(asked(*port.channel, Control::ask_dtr) == Control::dtr_on);
  CHECK(asked(*port.channel, Control::dtr_off) == Control::dtr_off);
  CHECK(port.hardware.lines == (TIOCM_RTS | TIOCM_CTS));
  CHECK(asked(*port.channel, Control::rts_off) == Control::rts_off);
  CHECK(asked(*port.channel, Control::dtr_on) == Control::dtr_on);
  CHECK(asked(*port.channel, Control::ask_rts) == Control::rts_off);
  CHECK(port.hardware.lines == (TIOCM_DTR | TIOCM_CTS));
}

TEST_CASE("a break begins when all before it is sent, lasts until it is ended, and nothing is typed in it") {
  OpenPort port;
  port.hardware.unsent = 3;
  std::optional<std::uint32_t> begun;
  port.channel->port()->ask(Command::set_control, number(Control::break_on), [&](std::uint32_t is) { begun = is; });
  CHECK_FALSE(begun);
  CHECK_FALSE(port.hardware.break_on);
  port.hardware.unsent = 0;
  port.world.run_until("it has begun", [&] { return begun.has_value(); });
  CHECK(*begun == number(Control::break_on));
  CHECK(port.hardware.break_on);
  CHECK(asked(*port.channel, Control::ask_break) == Control::break_on);
  CHECK(port.channel->write(as_bytes("x")).kind == net::Io::Kind::again);
  // Longer than one of the usual length.
  static_cast<void>(port.world.turns_left_alone());
  CHECK(port.hardware.break_on);
  CHECK(asked(*port.channel, Control::break_off) == Control::break_off);
  CHECK_FALSE(port.hardware.break_on);
  CHECK(port.channel->write(as_bytes("x")).kind == net::Io::Kind::moved);
}

TEST_CASE("a break that cannot begin is answered as off") {
  OpenPort port;
  port.hardware.unsent = 3;
  std::optional<std::uint32_t> begun;
  port.channel->port()->ask(Command::set_control, number(Control::break_on), [&](std::uint32_t is) { begun = is; });
  SUBCASE("what was typed before is held up") {}
  SUBCASE("it is ended before") { CHECK(asked(*port.channel, Control::break_off) == Control::break_off); }
  port.world.run_until("it is answered", [&] { return begun.has_value(); });
  CHECK(*begun == number(Control::break_off));
  CHECK(port.hardware.breaks == 0);
}

TEST_CASE("a break of the usual length that is asked for in one that lasts is that one; it goes on") {
  OpenPort port;
  port.send_break();
  REQUIRE(asked(*port.channel, Control::break_on) == Control::break_on);
  port.wait_answer();
  CHECK(port.answer->has_value());
  CHECK(port.hardware.break_on);
  port.send_break();
  CHECK(port.answer.has_value());
  CHECK(asked(*port.channel, Control::break_off) == Control::break_off);
  CHECK_FALSE(port.hardware.break_on);
  CHECK(port.hardware.breaks == 1);
}

TEST_CASE("a break that lasts ends with the port") {
  OpenPort port;
  REQUIRE(asked(*port.channel, Control::break_on) == Control::break_on);
  port.channel.reset();
  CHECK_FALSE(port.hardware.break_on);
}

TEST_CASE("what was typed and not sent is thrown away when a client wants it; what has come never is") {
  OpenPort port;
  port.device.write("printed");
  CHECK(asked(*port.channel, Command::purge_data, 1) == 1);
  CHECK_FALSE(port.hardware.flushed);
  CHECK(asked(*port.channel, Command::purge_data, 3) == 3);
  CHECK(port.hardware.flushed);
  std::array<std::byte, 16> room;
  port.world.run_until("it has come", [&] { return port.channel->read(room).bytes == 7; });
}

TEST_CASE("a line that changes is told to who listens, with what has changed; RI when it ends") {
  OpenPort port;
  port.hardware.lines = TIOCM_CTS;
  CHECK(port.channel->port()->modem_state() == protocol::modem::kCts);
  Heard heard;
  port.channel->port()->listen(heard.ear());
  port.hardware.lines = TIOCM_CD | TIOCM_RI;
  port.world.run_until("it is told", [&] { return heard.modem.size() == 1; });
  port.hardware.lines = TIOCM_CD;
  port.world.run_until("it is told", [&] { return heard.modem.size() == 2; });
  // CD and RI on; CD and CTS have changed. Then RI fell.
  CHECK(heard.modem == std::vector<unsigned>{0xC9, 0x84});
  CHECK(heard.line.empty());
}

TEST_CASE("breaks and errors on the wire are told to who listens, those since it began to") {
  OpenPort port;
  port.hardware.counts.brk = 7;
  Heard heard;
  port.channel->port()->listen(heard.ear());
  port.hardware.counts.brk = 8;
  port.world.run_until("it is told", [&] { return heard.line.size() == 1; });
  port.hardware.counts.frame = port.hardware.counts.parity = port.hardware.counts.overrun = 1;
  port.world.run_until("it is told", [&] { return heard.line.size() == 2; });
  CHECK(heard.line == std::vector<unsigned>{0x10, 0x0E});
  CHECK(heard.modem.empty());
}

TEST_CASE("nothing is looked at while nobody listens") {
  OpenPort port;
  Heard heard;
  port.channel->port()->listen(heard.ear());
  port.channel->port()->listen({});
  const int looks = port.hardware.looks;
  port.hardware.lines = 0;
  CHECK(port.world.turns_left_alone() < World::kCalm);
  CHECK(port.hardware.looks == looks);
  CHECK(heard.modem.empty());
}

TEST_CASE("a pty that stands for a port has lines that are on, no break, and nothing to look at") {
  PtyMaster device;
  AtPort at;
  at.open(device);
  REQUIRE(at.line->port() != nullptr);
  const auto control = [&](Control value) {
    Control answer{};
    at.line->port()->ask(Command::set_control, number(value),
                         [&](std::uint32_t is) { answer = static_cast<Control>(is); });
    return answer;
  };
  CHECK(control(Control::dtr_off) == Control::dtr_on);
  CHECK(control(Control::ask_rts) == Control::rts_on);
  CHECK(control(Control::break_on) == Control::break_off);
  CHECK(at.line->port()->modem_state() == 0xB0);
  Heard heard;
  at.line->port()->listen(heard.ear());
  CHECK(at.world.turns_left_alone() < World::kCalm);
}

TEST_CASE("what clients have set lasts until the port is opened again") {
  PtyMaster device;
  AtPort at;
  at.open(device);
  at.line->port()->ask(Command::set_baudrate, 9600, [](std::uint32_t) {});
  REQUIRE(backend::port_speed(device.fd()) == 9600);
  at.line->reopen();
  at.wait_for(backend::State::open);
  CHECK(backend::port_speed(device.fd()) == 115200);
  at.stop();
  CHECK(at.line->port() == nullptr);
}
