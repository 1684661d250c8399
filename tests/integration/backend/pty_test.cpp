// SPDX-License-Identifier: Apache-2.0
#include "backend/line.hpp"

#include <doctest/doctest.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

#include <filesystem>
#include <memory>

#include "kit/chardev.hpp"
#include "kit/privileges.hpp"
#include "kit/sink.hpp"
#include "kit/texts.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

namespace {

/// A pty backend at a path that may be pointed to another pty, as a person or udev would.
struct AtLink {
  World world;
  std::string link = world.directory / "pty";
  backend::Line pty{world.loop, impatient(), fixed(address::Pty{link})};
  std::unique_ptr<RecordingSink> sink;

  void point_to(const std::string& slave) {
    std::error_code ignored;
    std::filesystem::remove(link, ignored);
    std::filesystem::create_symlink(slave, link);
  }
  void start() { sink = std::make_unique<RecordingSink>(pty); }
  void wait_for(State state) {
    world.run_until("the backend's state", [&] { return sink->reached(state); });
  }
};

}  // namespace

TEST_CASE("a pty is opened raw: all byte values pass both ways") {
  PtyMaster qemu;
  AtLink at;
  // A pty that a shell has used before: cooked, with echo.
  termios cooked{};
  ::tcgetattr(qemu.fd(), &cooked);
  cooked.c_iflag |= ICRNL | IXON | ISTRIP;
  cooked.c_oflag |= OPOST | ONLCR;
  cooked.c_lflag |= ICANON | ECHO | ISIG;
  ::tcsetattr(qemu.fd(), TCSANOW, &cooked);
  at.point_to(qemu.slave());
  at.start();
  at.wait_for(State::open);

  qemu.write(all_byte_values());
  at.world.run_until("all bytes have come from the guest", [&] { return at.sink->received == all_byte_values(); });
  at.sink->write(all_byte_values());
  at.world.run_until("all bytes have come to the guest", [&] {
    qemu.poll();
    return qemu.received() == all_byte_values();
  });
}

TEST_CASE("a pty does not become the controlling terminal of a process that has none") {
  PtyMaster qemu;
  AtLink at;
  REQUIRE(::setsid() != -1);
  at.point_to(qemu.slave());
  at.start();
  at.wait_for(State::open);
  // /dev/tty is the controlling terminal of whoever opens it (tty(4)).
  CHECK(::open("/dev/tty", O_RDWR | O_CLOEXEC) == -1);
  CHECK(errno == ENXIO);
}

TEST_CASE("what a former reader left in a pty is read, and how much it was is known") {
  PtyMaster qemu;
  {
    const UniqueFd former(::open(qemu.slave().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    qemu.write("printed before charmux came\n");
    int waiting = 0;
    while (waiting < 28) ::ioctl(former.get(), FIONREAD, &waiting);
  }
  AtLink at;
  at.point_to(qemu.slave());
  at.start();
  at.wait_for(State::open);
  CHECK(at.pty.leftover() == 28);
  qemu.write("and after\n");
  at.world.run_until("both have come", [&] { return at.sink->received == "printed before charmux came\nand after\n"; });
}

TEST_CASE("a pty whose master is closed ends without spinning, and is opened again when one is there") {
  auto first = std::make_unique<PtyMaster>();
  AtLink at;
  at.point_to(first->slave());
  at.start();
  at.wait_for(State::open);
  // What is not read by the time the master closes, the kernel throws away (tty_vhangup).
  first->write("last words");
  at.world.run_until("they are heard", [&] { return at.sink->received == "last words"; });
  first.reset();
  at.wait_for(State::closed);
  CHECK(at.sink->reason() == at.link + ": its other side was closed");

  const int calls = at.sink->calls;
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(at.sink->calls - calls < World::kCalm);

  PtyMaster second;
  at.point_to(second.slave());
  at.wait_for(State::open);
  second.write("here again");
  at.world.run_until("the new guest is heard", [&] { return at.sink->received == "last wordshere again"; });
}

TEST_CASE("a path that is no tty is refused, with what to do") {
  AtLink at;
  at.point_to("/dev/null");
  at.start();
  at.wait_for(State::refused);
  CHECK(at.sink->reason() == at.link + " is not a tty; give the path that QEMU printed or query-chardev shows");
}

TEST_CASE("a pty that is not there is waited for") {
  AtLink at;
  at.start();
  at.wait_for(State::closed);
  CHECK(at.sink->reason() == at.link + ": No such file or directory");
  CHECK(at.world.turns_left_alone() < World::kCalm);
  PtyMaster qemu;
  at.point_to(qemu.slave());
  at.wait_for(State::open);
}

TEST_CASE("a pty that one has no permission for is refused with what to do, and opened once one has it") {
  PtyMaster qemu;
  AtLink at;
  at.point_to(qemu.slave());
  ::chmod(qemu.slave().c_str(), 0);
  const WithoutPrivileges like_anybody;
  at.start();
  at.wait_for(State::refused);
  CHECK(at.sink->reason() == at.link + ": Permission denied; run charmuxd as root or as the owner of the device");
  ::chmod(qemu.slave().c_str(), 0600);
  at.wait_for(State::open);
}

TEST_CASE("a pty that is not read takes less, and goes on when it is read, in order") {
  PtyMaster qemu;
  AtLink at;
  at.point_to(qemu.slave());
  at.start();
  at.wait_for(State::open);
  const std::string typed = numbered_lines(0, 8000);
  at.sink->write(typed);
  CHECK_FALSE(at.sink->unsent.empty());
  CHECK(at.world.turns_left_alone() < World::kCalm);
  at.world.run_until("all has come to the guest", [&] {
    qemu.poll();
    return qemu.received().size() >= typed.size();
  });
  CHECK(qemu.received() == typed);
  CHECK(at.sink->writable > 0);
}

TEST_CASE("a pty's backend that is stopped leaves the guest all that was written") {
  PtyMaster qemu;
  AtLink at;
  at.point_to(qemu.slave());
  at.start();
  at.wait_for(State::open);
  at.sink->write("last command\r");
  at.pty.stop();
  at.world.run_until("it has stopped", [&] { return at.pty.stopped(); });
  at.world.run_until("the guest has read it", [&] {
    qemu.poll();
    return qemu.received() == "last command\r";
  });
}
