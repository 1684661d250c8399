// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <optional>
#include <vector>

#include "at_port.hpp"
#include "backend/uucp_lock.hpp"
#include "kit/privileges.hpp"
#include "kit/serial_hardware.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

namespace {

void write_lock(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string with_pid(pid_t pid) { return fmt::format("{:10}\n", pid); }

/// Of a process that is gone.
pid_t dead_pid() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

/// Somebody else's descriptor of the port.
UniqueFd opened_by_another(const PtyMaster& port) {
  return UniqueFd(::open(port.slave().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
}

bool is_exclusive(const UniqueFd& port) {
  int exclusive = 0;
  REQUIRE(::ioctl(port.get(), TIOCGEXCL, &exclusive) == 0);
  return exclusive != 0;
}

/// A console of that port, of this or another charmuxd as far as the port is concerned.
struct Console {
  Console(World& world, const PtyMaster& port)
      : line(world.loop, impatient(), fixed(serial_at(port.slave()))), sink(line) {}
  backend::Line line;
  RecordingSink sink;
};

}  // namespace

TEST_CASE("a port is locked by a file with our pid, which all may read, for as long as it is open") {
  PtyMaster port;
  AtPort at;
  ::umask(0077);
  at.open(port);
  CHECK(content(lock_of(port)) == with_pid(::getpid()));
  struct stat status {};
  CHECK(::stat(lock_of(port).c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0644);
  CHECK(status.st_nlink == 1);
  at.stop();
  CHECK_FALSE(std::filesystem::exists(lock_of(port)));
  CHECK(std::filesystem::is_empty("/var/lock"));
}

TEST_CASE("a lock file is named after the device that a link leads to") {
  CHECK(backend::uucp_lock_path("/var/lock", "/dev/ttyUSB0") == "/var/lock/LCK..ttyUSB0");
  CHECK(backend::uucp_lock_path("/var/lock", "/dev/pts/3") == "/var/lock/LCK..pts_3");
  CHECK(backend::uucp_lock_path("/run/lock", "/srv/dev/modem") == "/run/lock/LCK..srv_dev_modem");
}

TEST_CASE("a port that another program has locked is waited for, and not even opened") {
  PtyMaster port;
  // Whoever opens it is told of this lock.
  const UniqueFd minicom = opened_by_another(port);
  REQUIRE(::flock(minicom.get(), LOCK_EX | LOCK_NB) == 0);
  const termios before = settings_of(port);
  // Some write their name behind it.
  write_lock(lock_of(port), with_pid(::getppid()).substr(0, 10) + " minicom root\n");
  AtPort at;
  at.plug_in(port.slave());
  at.start();
  at.wait_for(State::waiting);
  std::string name = content(fmt::format("/proc/{}/comm", ::getppid()));
  name.pop_back();
  CHECK(at.sink->reason() == fmt::format("in use by {}, pid {} ({})", name, ::getppid(), lock_of(port)));
  CHECK(settings_of(port).c_cflag == before.c_cflag);
  std::filesystem::remove(lock_of(port));
  ::flock(minicom.get(), LOCK_UN);
  at.wait_for(State::open);
}

TEST_CASE("a lock file that is nobody's is taken over") {
  PtyMaster port;
  SUBCASE("of a process that is gone") { write_lock(lock_of(port), with_pid(dead_pid())); }
  SUBCASE("of a former process that had our pid") { write_lock(lock_of(port), with_pid(::getpid())); }
  SUBCASE("that nobody has written into for long") {
    write_lock(lock_of(port), "");
    const timespec long_ago[2] = {{1000, 0}, {1000, 0}};
    ::utimensat(AT_FDCWD, lock_of(port).c_str(), long_ago, 0);
  }
  AtPort at;
  at.open(port);
  CHECK(content(lock_of(port)) == with_pid(::getpid()));
  CHECK(at.sink->remarks.empty());
}

TEST_CASE("a lock file that is just being written is respected") {
  PtyMaster port;
  write_lock(lock_of(port), "");
  AtPort at;
  at.plug_in(port.slave());
  at.start();
  at.wait_for(State::waiting);
  CHECK(at.sink->reason() == "in use by another program (" + lock_of(port) + ")");
}

TEST_CASE("a lock file that somebody has put in place of ours stays") {
  PtyMaster port;
  AtPort at;
  at.open(port);
  std::filesystem::remove(lock_of(port));
  write_lock(lock_of(port), with_pid(::getppid()));
  at.stop();
  CHECK(content(lock_of(port)) == with_pid(::getppid()));
}

TEST_CASE("where lock files cannot be made a port is opened without, which is said") {
  PtyMaster port;
  AtPort at;
  std::filesystem::remove_all("/run/lock");
  at.open(port);
  CHECK(at.sink->remarks == std::vector<std::string>{at.link + ": opened without a lock file: " + lock_of(port) +
                                                     ": No such file or directory"});
}

TEST_CASE("a port that another program has locked by flock is waited for, and is locked so while it is ours") {
  PtyMaster port;
  const UniqueFd picocom = opened_by_another(port);
  REQUIRE(::flock(picocom.get(), LOCK_EX | LOCK_NB) == 0);
  AtPort at;
  at.plug_in(port.slave());
  at.start();
  at.wait_for(State::waiting);
  CHECK(at.sink->reason() == "in use by another program (flock)");
  CHECK_FALSE(std::filesystem::exists(lock_of(port)));
  ::flock(picocom.get(), LOCK_UN);
  at.wait_for(State::open);
  CHECK(::flock(picocom.get(), LOCK_EX | LOCK_NB) == -1);
  at.stop();
  CHECK(::flock(picocom.get(), LOCK_EX | LOCK_NB) == 0);
}

TEST_CASE("a second console of the same port is told that the first has it, and gets it when that is stopped") {
  World world;
  PtyMaster port;
  Console first(world, port);
  world.run_until("the first has it", [&] { return first.sink.reached(State::open); });
  Console second(world, port);
  world.run_until("the second waits", [&] { return second.sink.reached(State::waiting); });
  CHECK(second.sink.reason() == "in use by another console of this charmuxd");
  CHECK(content(lock_of(port)) == with_pid(::getpid()));
  first.line.stop();
  world.run_until("the second has it", [&] { return second.sink.reached(State::open); });
  CHECK(content(lock_of(port)) == with_pid(::getpid()));
}

TEST_CASE("a port that another program has for itself alone is waited for, by root too") {
  PtyMaster port;
  const UniqueFd other = opened_by_another(port);
  REQUIRE(::ioctl(other.get(), TIOCEXCL) == 0);
  AtPort at;
  at.plug_in(port.slave());
  std::optional<WithoutPrivileges> like_anybody;
  SUBCASE("as root") {}
  SUBCASE("as anybody") { like_anybody.emplace(); }
  at.start();
  at.wait_for(State::waiting);
  CHECK(at.sink->reason() == "in use by another program (TIOCEXCL)");
  CHECK(is_exclusive(other));
  ::ioctl(other.get(), TIOCNXCL);
  at.wait_for(State::open);
}

TEST_CASE("a port is ours alone while it is open; a pty is not, as that would outlive a charmuxd that is killed") {
  World world;
  PtyMaster port;
  const UniqueFd other = opened_by_another(port);
  {
    const SerialHardware hardware;
    Console console(world, port);
    world.run_until("it is open", [&] { return console.sink.reached(State::open); });
    CHECK(is_exclusive(other));
    console.line.stop();
    CHECK_FALSE(is_exclusive(other));
  }
  Console console(world, port);
  world.run_until("it is open", [&] { return console.sink.reached(State::open); });
  CHECK_FALSE(is_exclusive(other));
}
