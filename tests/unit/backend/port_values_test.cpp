// SPDX-License-Identifier: Apache-2.0
#include "backend/port_values.hpp"

#include <doctest/doctest.h>
#include <sys/ioctl.h>

using namespace charmux;
using namespace charmux::backend;
using Command = protocol::ComPortCommand;
using Control = protocol::ComPortControl;

namespace {

constexpr tcflag_t kMarkSpace = CMSPAR;

/// The flags that a value makes of `before`.
tcflag_t flags(Command command, std::uint32_t value, tcflag_t before = CS8) {
  termios settings{};
  settings.c_cflag = before;
  CHECK(put(settings, command, value));
  CHECK(value_in(settings, command) == value);
  return settings.c_cflag;
}

bool refused(Command command, std::uint32_t value) {
  termios settings{};
  settings.c_cflag = CS8;
  return !put(settings, command, value) && settings.c_cflag == CS8;
}

/// The flow control, out and in, that is there once these were wanted one after the other.
std::pair<Control, Control> flows(std::initializer_list<Control> wanted) {
  termios settings{};
  for (const Control flow : wanted) CHECK(put_flow(settings, flow));
  return {flow_out(settings), flow_in(settings)};
}

}  // namespace

TEST_CASE("each value of RFC 2217 has its framing, and each framing its value") {
  CHECK(flags(Command::set_datasize, 5) == CS5);
  CHECK(flags(Command::set_datasize, 6) == CS6);
  CHECK(flags(Command::set_datasize, 7) == CS7);
  CHECK(flags(Command::set_datasize, 8, CS5) == CS8);
  CHECK(flags(Command::set_parity, 1, CS8 | PARENB | PARODD | kMarkSpace) == CS8);
  CHECK(flags(Command::set_parity, 2) == (CS8 | PARENB | PARODD));
  CHECK(flags(Command::set_parity, 3) == (CS8 | PARENB));
  CHECK(flags(Command::set_parity, 4) == (CS8 | PARENB | PARODD | kMarkSpace));
  CHECK(flags(Command::set_parity, 5) == (CS8 | PARENB | kMarkSpace));
  CHECK(flags(Command::set_stopsize, 1, CS8 | CSTOPB) == CS8);
  CHECK(flags(Command::set_stopsize, 2) == (CS8 | CSTOPB));
  CHECK(flags(Command::set_stopsize, 3, CS5) == (CS5 | CSTOPB));
}

TEST_CASE("parity that a driver has left off is none, whatever kind it would be") {
  termios settings{};
  settings.c_cflag = CS8 | PARODD | kMarkSpace;
  CHECK(value_in(settings, Command::set_parity) == 1);
}

TEST_CASE("what there is not in termios is not put in") {
  for (const std::uint32_t bits : {0U, 4U, 9U, 255U}) CHECK(refused(Command::set_datasize, bits));
  for (const std::uint32_t parity : {0U, 6U, 255U}) CHECK(refused(Command::set_parity, parity));
  for (const std::uint32_t stop : {0U, 3U, 4U, 255U}) CHECK(refused(Command::set_stopsize, stop));
  CHECK(refused(Command::set_baudrate, 9600));
  termios settings{};
  for (const Control flow : {Control::flow_dcd, Control::flow_in_dtr, Control::flow_dsr, Control::ask_flow,
                             Control::ask_flow_in, Control::dtr_on})
    CHECK_FALSE(put_flow(settings, flow));
}

TEST_CASE("flow control is of both ways, or of one, as far as termios has it") {
  using C = Control;
  CHECK(flows({}) == std::pair(C::flow_none, C::flow_in_none));
  CHECK(flows({C::flow_rtscts}) == std::pair(C::flow_rtscts, C::flow_in_rtscts));
  CHECK(flows({C::flow_xonxoff}) == std::pair(C::flow_xonxoff, C::flow_in_xonxoff));
  CHECK(flows({C::flow_rtscts, C::flow_xonxoff}) == std::pair(C::flow_xonxoff, C::flow_in_xonxoff));
  CHECK(flows({C::flow_xonxoff, C::flow_rtscts, C::flow_none}) == std::pair(C::flow_none, C::flow_in_none));
  CHECK(flows({C::flow_xonxoff, C::flow_in_none}) == std::pair(C::flow_xonxoff, C::flow_in_none));
  CHECK(flows({C::flow_in_xonxoff}) == std::pair(C::flow_none, C::flow_in_xonxoff));
  CHECK(flows({C::flow_in_rtscts}) == std::pair(C::flow_rtscts, C::flow_in_rtscts));
  CHECK(flows({C::flow_rtscts, C::flow_in_none}) == std::pair(C::flow_rtscts, C::flow_in_rtscts));
}

TEST_CASE("an address's parity and flow control are RFC 2217's") {
  using address::FlowControl;
  using address::Parity;
  CHECK(value_of(Parity::none) == 1);
  CHECK(value_of(Parity::odd) == 2);
  CHECK(value_of(Parity::even) == 3);
  CHECK(value_of(Parity::mark) == 4);
  CHECK(value_of(Parity::space) == 5);
  CHECK(value_of(FlowControl::none) == 1);
  CHECK(value_of(FlowControl::xonxoff) == 2);
  CHECK(value_of(FlowControl::rtscts) == 3);
}

TEST_CASE("lines are RFC 2217's bits, with those of what has changed; RI's when it ends") {
  CHECK(modem_state_of(0) == 0x00);
  CHECK(modem_state_of(TIOCM_CD) == 0x80);
  CHECK(modem_state_of(TIOCM_RI) == 0x40);
  CHECK(modem_state_of(TIOCM_DSR) == 0x20);
  CHECK(modem_state_of(TIOCM_CTS | TIOCM_DTR | TIOCM_RTS) == 0x10);
  CHECK(with_changes(0xF0, 0xF0) == 0xF0);
  CHECK(with_changes(0x00, 0xF0) == 0xFB);
  CHECK(with_changes(0xF0, 0x00) == 0x0F);
  CHECK(with_changes(0x80, 0x90) == 0x91);
}
