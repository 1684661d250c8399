// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "at_port.hpp"
#include "kit/privileges.hpp"
#include "kit/serial_hardware.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

namespace {

constexpr std::chrono::minutes kNotInThisTest{10};

speed_t speed_of(const PtyMaster& device) {
  const termios settings = settings_of(device);
  return ::cfgetospeed(&settings);
}

}  // namespace

TEST_CASE("a port is set as its address says, and as it was before when it is closed, but never to lower DTR") {
  PtyMaster device;
  termios before = settings_of(device);
  ::cfsetspeed(&before, B9600);
  before.c_lflag |= ICANON;
  before.c_cflag |= HUPCL;
  ::tcsetattr(device.fd(), TCSANOW, &before);

  address::Serial fast;
  fast.speed = 4000000;
  fast.flow = address::FlowControl::rtscts;
  AtPort at{std::chrono::milliseconds(20), fast};
  at.open(device);
  CHECK(speed_of(device) == B4000000);
  CHECK((settings_of(device).c_cflag & CRTSCTS) != 0);
  CHECK((settings_of(device).c_cflag & HUPCL) == 0);
  CHECK((settings_of(device).c_lflag & ICANON) == 0);

  at.stop();
  CHECK(speed_of(device) == B9600);
  CHECK((settings_of(device).c_cflag & CRTSCTS) == 0);
  CHECK((settings_of(device).c_cflag & HUPCL) == 0);
  CHECK((settings_of(device).c_lflag & ICANON) != 0);
}

TEST_CASE("a port does not become the controlling terminal of a process that has none") {
  PtyMaster device;
  AtPort at;
  REQUIRE(::setsid() != -1);
  at.open(device);
  // /dev/tty is the controlling terminal of whoever opens it (tty(4)).
  CHECK(::open("/dev/tty", O_RDWR | O_CLOEXEC) == -1);
  CHECK(errno == ENXIO);
}

TEST_CASE("what waited in a port is read, and how much it was is known") {
  PtyMaster device;
  const UniqueFd unattended(::open(device.slave().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  device.write("printed before charmux came\n");
  int waiting = 0;
  while (waiting < 28) ::ioctl(unattended.get(), FIONREAD, &waiting);
  AtPort at;
  at.open(device);
  CHECK(at.line->leftover() == 28);
  at.world.run_until("it has come", [&] { return at.sink->received == "printed before charmux came\n"; });
}

TEST_CASE("an adapter that is plugged in is opened at once, whatever the pause before the next try") {
  PtyMaster device;
  AtPort at{kNotInThisTest};
  at.start();
  at.wait_for(State::closed);
  CHECK(at.sink->reason() == at.link + ": No such file or directory");
  CHECK(at.world.turns_left_alone() < World::kCalm);
  // Its folder, too, comes with it.
  at.plug_in(device.slave());
  at.wait_for(State::open);
  device.write("login: ");
  at.world.run_until("it is heard", [&] { return at.sink->received == "login: "; });
}

TEST_CASE("an adapter that is unplugged is told of, and opened at once when it is plugged in again") {
  AtPort at{kNotInThisTest};
  {
    const SerialHardware hardware;
    PtyMaster first;
    at.open(first);
    at.unplug();
  }
  at.wait_for(State::closed);
  CHECK(at.sink->reason() == at.link + ": unplugged");
  CHECK(at.world.turns_left_alone() < World::kCalm);
  PtyMaster second;
  at.plug_in(second.slave());
  at.wait_for(State::open);
  second.write("here again");
  at.world.run_until("it is heard", [&] { return at.sink->received == "here again"; });
}

TEST_CASE("an adapter whose permissions come a moment after it is opened then") {
  PtyMaster device;
  ::chmod(device.slave().c_str(), 0);
  AtPort at{kNotInThisTest};
  const WithoutPrivileges like_anybody;
  at.plug_in(device.slave());
  at.start();
  at.wait_for(State::refused);
  CHECK(at.sink->reason() ==
        at.link + ": Permission denied; run charmuxd as root or add its user to the group dialout");
  ::chmod(device.slave().c_str(), 0600);
  at.wait_for(State::open);
}

TEST_CASE("a port that was put down is not opened when it is plugged in, until it is to be again") {
  PtyMaster device;
  AtPort at{kNotInThisTest};
  at.start();
  at.wait_for(State::closed);
  at.line->put_down("put down by root");
  at.wait_for(State::down);
  at.plug_in(device.slave());
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK_FALSE(at.sink->reached(State::open));
  at.line->reopen();
  at.wait_for(State::open);
}

TEST_CASE("a file or some other device is refused, with what to give") {
  AtPort at;
  const std::string file = at.world.directory / "file";
  std::ofstream(file) << "no port";
  std::string device;
  SUBCASE("a file") { device = file; }
  SUBCASE("a device") { device = "/dev/null"; }
  at.plug_in(device);
  at.start();
  at.wait_for(State::refused);
  CHECK(at.sink->reason() ==
        at.link + " is not a tty; give a serial port, such as /dev/ttyS0 or one in /dev/serial/by-id");
}

TEST_CASE("what the hardware cannot do is refused, and the port left as it was; a pty, which has none, is opened") {
  PtyMaster device;
  const tcflag_t before = settings_of(device).c_cflag;
  address::Serial odd;
  odd.data_bits = 7;
  odd.parity = address::Parity::even;
  AtPort at{std::chrono::milliseconds(20), odd};
  {
    const SerialHardware hardware;
    at.plug_in(device.slave());
    at.start();
    at.wait_for(State::refused);
    CHECK(at.sink->reason() == at.link + " does not take 7e1; give what its hardware can do");
    CHECK(settings_of(device).c_cflag == (before & ~tcflag_t{HUPCL}));
  }
  at.wait_for(State::open);
  CHECK(at.sink->remarks.back() == at.link + " is a pty, which has no wire: 7e1 means nothing to it");
}

TEST_CASE("the modem lines of a port are told when it is opened; of a pty, which has none, nothing is") {
  PtyMaster device;
  AtPort at;
  {
    const SerialHardware hardware;
    at.open(device);
  }
  CHECK(at.sink->remarks == std::vector<std::string>{at.link + ": modem lines: DTR RTS CTS on, DSR CD RI off"});
  at.sink->remarks.clear();
  at.line->reopen();
  at.wait_for(State::open);
  CHECK(at.sink->remarks.empty());
}
