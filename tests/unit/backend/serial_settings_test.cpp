// SPDX-License-Identifier: Apache-2.0
#include "backend/serial_settings.hpp"

#include <doctest/doctest.h>
#include <sys/ioctl.h>

#include "backend/modem_lines.hpp"

using namespace charmux;
using address::FlowControl;
using address::Parity;
using backend::not_taken;
using backend::serial_settings;

namespace {

address::Serial port() {
  address::Serial at;
  at.path = "/dev/ttyS0";
  return at;
}

tcflag_t framing(unsigned bits, Parity parity, unsigned stop) {
  address::Serial at = port();
  at.data_bits = bits;
  at.parity = parity;
  at.stop_bits = stop;
  return serial_settings(at).c_cflag & (CSIZE | PARENB | PARODD | tcflag_t{CMSPAR} | CSTOPB);
}

}  // namespace

TEST_CASE("a port is asked to be raw: what comes and goes is not changed, echoed, or held back") {
  const termios asked = serial_settings(port());
  CHECK(asked.c_iflag == 0);
  CHECK(asked.c_oflag == 0);
  CHECK(asked.c_lflag == 0);
  CHECK(asked.c_cc[VMIN] == 1);
  CHECK(asked.c_cc[VTIME] == 0);
}

TEST_CASE("a port is read without a carrier, and its last close does not lower DTR") {
  const termios asked = serial_settings(port());
  CHECK((asked.c_cflag & CREAD) != 0);
  CHECK((asked.c_cflag & CLOCAL) != 0);
  CHECK((asked.c_cflag & HUPCL) == 0);
}

TEST_CASE("each speed that an address may have is asked for by its name, both ways") {
  const std::pair<unsigned, speed_t> some[] = {{50, B50},         {134, B134},         {9600, B9600},
                                               {115200, B115200}, {1152000, B1152000}, {4000000, B4000000}};
  for (const auto& [baud, name] : some) {
    address::Serial at = port();
    at.speed = baud;
    const termios asked = serial_settings(at);
    CHECK(::cfgetospeed(&asked) == name);
  }
  speed_t before = B0;
  for (const unsigned baud : address::serial_speeds()) {
    address::Serial at = port();
    at.speed = baud;
    const termios asked = serial_settings(at);
    CHECK_MESSAGE(::cfgetospeed(&asked) > before, baud);
    CHECK_MESSAGE(::cfgetispeed(&asked) == ::cfgetospeed(&asked), baud);
    before = ::cfgetospeed(&asked);
  }
}

TEST_CASE("data bits, parity (mark and space, too) and stop bits are asked for") {
  CHECK(framing(8, Parity::none, 1) == CS8);
  CHECK(framing(7, Parity::even, 1) == (CS7 | PARENB));
  CHECK(framing(6, Parity::odd, 2) == (CS6 | PARENB | PARODD | CSTOPB));
  CHECK(framing(5, Parity::mark, 1) == (CS5 | PARENB | PARODD | tcflag_t{CMSPAR}));
  CHECK(framing(8, Parity::space, 2) == (CS8 | PARENB | tcflag_t{CMSPAR} | CSTOPB));
}

TEST_CASE("flow control is asked for, or that there is none") {
  address::Serial at = port();
  CHECK((serial_settings(at).c_cflag & CRTSCTS) == 0);
  at.flow = FlowControl::rtscts;
  CHECK((serial_settings(at).c_cflag & CRTSCTS) != 0);
  CHECK(serial_settings(at).c_iflag == 0);
  at.flow = FlowControl::xonxoff;
  CHECK((serial_settings(at).c_cflag & CRTSCTS) == 0);
  CHECK(serial_settings(at).c_iflag == (IXON | IXOFF));
  CHECK(serial_settings(at).c_cc[VSTART] == 0x11);
  CHECK(serial_settings(at).c_cc[VSTOP] == 0x13);
}

TEST_CASE("what a port did not take is said as the address says it") {
  address::Serial at = port();
  at.speed = 4000000;
  at.data_bits = 7;
  at.parity = Parity::space;
  at.stop_bits = 2;
  at.flow = FlowControl::rtscts;
  const termios asked = serial_settings(at);
  CHECK(not_taken(at, asked).empty());

  termios got = asked;
  ::cfsetospeed(&got, B9600);
  CHECK(not_taken(at, got) == "4000000 baud");
  got = asked;
  got.c_cflag &= ~tcflag_t{CMSPAR};
  CHECK(not_taken(at, got) == "7s2");
  got = asked;
  got.c_cflag &= ~tcflag_t{CRTSCTS};
  CHECK(not_taken(at, got) == "rtscts");
  CHECK(not_taken(at, termios{}) == "4000000 baud and 7s2 and rtscts");
  at.flow = FlowControl::xonxoff;
  CHECK(not_taken(at, asked) == "to be without rtscts and xonxoff");
}

TEST_CASE("what a driver sets besides is no concern") {
  termios got = serial_settings(port());
  got.c_cflag |= HUPCL;
  got.c_iflag |= IGNPAR;
  got.c_cc[VTIME] = 3;
  CHECK(not_taken(port(), got).empty());
}

TEST_CASE("modem lines are shown by name, those that are on first") {
  CHECK(backend::shown_lines(TIOCM_DTR | TIOCM_RTS) == "DTR RTS on, CTS DSR CD RI off");
  CHECK(backend::shown_lines(TIOCM_CTS | TIOCM_RI) == "CTS RI on, DTR RTS DSR CD off");
  CHECK(backend::shown_lines(0) == "DTR RTS CTS DSR CD RI off");
  CHECK(backend::shown_lines(~0) == "DTR RTS CTS DSR CD RI on");
}
