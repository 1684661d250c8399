// SPDX-License-Identifier: Apache-2.0
#include "backend/libvirt_pty.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <termios.h>

#include <optional>

#include "at_libvirt_pty.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::Courtesy;
using backend::State;

TEST_CASE("a console session of libvirt finds the pty closed, and when it ends it is opened again") {
  AtLibvirtPty at;
  at.opened();
  at.qemu.write("before; ");
  at.wait_received("before; ");
  CHECK_FALSE(std::filesystem::exists(at.lock));

  ConsoleSession virsh(at.lock);
  at.wait_for(State::waiting);
  CHECK(at.sink->reason() == "in use by a libvirt console");
  CHECK_FALSE(is_open(at.qemu));
  CHECK(at.world.turns_left_alone() < World::kCalm);

  virsh.end();
  at.wait_for(State::open);
  at.qemu.write("after");
  at.wait_received("before; after");
}

TEST_CASE(
    "the pty is left to a session at once, also while the guest is kept waiting; what was not read is the session's") {
  AtLibvirtPty at;
  at.opened();
  at.qemu.write("ours");
  at.wait_received("ours");
  at.line.hold(true);
  at.qemu.write("the session's");
  at.world.turn();
  const ConsoleSession virsh(at.lock);
  at.world.run_until("it is closed", [&] { return !is_open(at.qemu); });
  const UniqueFd session(::open(at.qemu.slave().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  char room[64] = "";
  CHECK(::read(session.get(), room, sizeof room) == 13);
  CHECK(std::string(room) == "the session's");
  CHECK_FALSE(at.sink->reached(State::waiting));
  at.line.hold(false);
  at.wait_for(State::waiting);
  CHECK(at.sink->received == "ours");
}

TEST_CASE("a session that was there first is waited for, and its pty is not even opened") {
  AtLibvirtPty at;
  const ConsoleSession virsh(at.lock);
  termios before{};
  ::tcgetattr(at.qemu.fd(), &before);
  before.c_lflag |= ECHO;
  ::tcsetattr(at.qemu.fd(), TCSANOW, &before);
  at.start();
  at.wait_for(State::waiting);
  CHECK(at.sink->reason() == "in use by a libvirt console");
  CHECK(at.world.turns_left_alone() < World::kCalm);
  termios after{};
  ::tcgetattr(at.qemu.fd(), &after);
  CHECK((after.c_lflag & ECHO) != 0);
  CHECK(at.sink->states.size() == 1);
}

TEST_CASE("a session whose program died without removing its lock is over") {
  AtLibvirtPty at;
  at.opened();
  ConsoleSession virsh(at.lock);
  at.wait_for(State::waiting);
  virsh.die();
  REQUIRE(std::filesystem::exists(at.lock));
  at.wait_for(State::open);
}

TEST_CASE("a lock that is nobody's or our own does not close the pty") {
  AtLibvirtPty at;
  at.opened();
  pid_t pid = ::getpid();
  SUBCASE("our own") {}
  SUBCASE("of a process that is gone") {
    pid = ::fork();
    if (pid == 0) ::_exit(0);
    ::waitpid(pid, nullptr, 0);
  }
  std::ofstream(at.lock + ".new") << fmt::format("{:10}\n", pid);
  std::filesystem::rename(at.lock + ".new", at.lock);
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(at.sink->states.size() == 1);
  CHECK(is_open(at.qemu));
}

TEST_CASE("a lock that is being made, its pid not yet written, closes the pty") {
  AtLibvirtPty at;
  at.opened();
  const UniqueFd made(::open(at.lock.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  at.wait_for(State::waiting);
  CHECK_FALSE(is_open(at.qemu));
}

TEST_CASE("a pty that was closed for a session can be put down, and stopped") {
  AtLibvirtPty at;
  at.opened();
  ConsoleSession virsh(at.lock);
  at.world.run_until("it is closed", [&] { return !is_open(at.qemu); });
  SUBCASE("put down and taken back") {
    at.line.put_down("put down by root");
    at.wait_for(State::down);
    virsh.end();
    CHECK(at.world.turns_left_alone() < World::kCalm);
    CHECK_FALSE(is_open(at.qemu));
    at.line.reopen();
    at.wait_for(State::open);
  }
  SUBCASE("stopped") {
    at.line.stop();
    CHECK(at.line.stopped());
  }
}

// --- refuse ---

TEST_CASE("a pty that is not shared is locked as libvirt locks it, for as long as it is open") {
  AtLibvirtPty at(Courtesy::refuse);
  at.opened();
  CHECK(text_of_file(at.lock) == fmt::format("{:10}\n", ::getpid()));
  struct stat status {};
  CHECK(::stat(at.lock.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0644);
  at.line.put_down("put down by root");
  at.wait_for(State::down);
  at.world.run_until("it is closed", [&] { return !is_open(at.qemu); });
  CHECK_FALSE(std::filesystem::exists(at.lock));
  at.line.reopen();
  at.wait_for(State::open);
  CHECK(std::filesystem::exists(at.lock));
  at.line.stop();
  CHECK_FALSE(std::filesystem::exists(at.lock));
  CHECK(std::filesystem::is_empty("/var/lock"));
}

namespace {

/// A console that looks, when it is told of the end, whether the lock is still there.
class LockWatcher final : public backend::Backend::Sink {
 public:
  LockWatcher(backend::Backend& backend, std::string lock) : backend_(backend), lock_(std::move(lock)) {
    backend_.start(*this);
  }
  void backend_is(State state, const std::string&) override {
    if (state == State::open) open = true;
    if (state == State::closed && open) locked_at_end = std::filesystem::exists(lock_);
  }
  void backend_readable() override {
    std::byte room[64];
    while (backend_.read(room).kind == net::Io::Kind::moved) {
    }
    locked_when_read = std::filesystem::exists(lock_);
  }
  void backend_remarks(const std::string&) override {}
  void backend_writable() override {}
  bool open = false;
  std::optional<bool> locked_when_read;
  std::optional<bool> locked_at_end;

 private:
  backend::Backend& backend_;
  const std::string lock_;
};

}  // namespace

TEST_CASE("when its guest goes, the lock is gone before anybody is told") {
  AtLibvirtPty at(Courtesy::refuse);
  LockWatcher sink(at.line, at.lock);
  at.world.run_until("it is open", [&] { return sink.open; });
  REQUIRE(std::filesystem::exists(at.lock));
  at.qemu.close();
  at.world.run_until("the end is told", [&] { return sink.locked_at_end.has_value(); });
  CHECK(sink.locked_when_read == false);
  CHECK(sink.locked_at_end == false);
}

TEST_CASE("a session that was there first keeps its lock, and ours is made when it ends") {
  AtLibvirtPty at(Courtesy::refuse);
  ConsoleSession virsh(at.lock);
  at.start();
  at.wait_for(State::waiting);
  CHECK(at.sink->reason() == "in use by a libvirt console");
  CHECK(text_of_file(at.lock) == fmt::format("{:10}\n", virsh.pid()));
  CHECK_FALSE(is_open(at.qemu));
  virsh.end();
  at.wait_for(State::open);
  CHECK(text_of_file(at.lock) == fmt::format("{:10}\n", ::getpid()));
}

TEST_CASE("a lock of a program that is gone is taken over") {
  AtLibvirtPty at(Courtesy::refuse);
  {
    ConsoleSession virsh(at.lock);
    virsh.die();
  }
  at.opened();
  CHECK(text_of_file(at.lock) == fmt::format("{:10}\n", ::getpid()));
}

TEST_CASE("where no lock can be made a pty that is not to be shared is refused, with what to do") {
  AtLibvirtPty at(Courtesy::refuse);
  std::filesystem::remove_all("/run/lock");
  at.start();
  at.wait_for(State::refused);
  CHECK(at.sink->reason() == at.qemu.slave() + " cannot be locked: " + at.lock +
                                 ": No such file or directory; run charmuxd as root, or set virsh = \"yield\"");
  CHECK_FALSE(is_open(at.qemu));
}

TEST_CASE("a pty that is not there is not locked") {
  AtLibvirtPty at(Courtesy::refuse);
  at.qemu.close();
  at.start();
  at.wait_for(State::closed);
  CHECK_FALSE(std::filesystem::exists(at.lock));
}
