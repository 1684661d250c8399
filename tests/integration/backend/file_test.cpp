// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>

#include "kit/followed_log.hpp"
#include "kit/hung_disk.hpp"
#include "kit/privileges.hpp"
#include "kit/texts.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

TEST_CASE("of a console without a history, the file's last lines are read, and how much it was is known") {
  AtFile at;
  const std::string before = numbered_lines(0, 200'000);
  LogWriter qemu(at.path);
  qemu.write(before);
  at.opened();
  const std::size_t leftover = at.file.leftover();
  CHECK(leftover % 9 == 0);
  CHECK(leftover <= std::size_t{1024} * 1024);
  CHECK(leftover > std::size_t{1024} * 1024 - 9);
  at.wait_received(before.substr(before.size() - leftover));
}

TEST_CASE("of a short file all was there before, and what is written later is not of it") {
  AtFile at;
  LogWriter qemu(at.path);
  qemu.write("before\n");
  at.opened();
  CHECK(at.file.leftover() == 7);
  at.wait_received("before\n");
  qemu.write("after\n");
  at.wait_received("before\nafter\n");
}

TEST_CASE("of a file that was truncated under a writer who went on, the hole is not given") {
  AtFile at;
  LogWriter qemu(at.path, 0);
  qemu.write(std::string(std::size_t{3} * 1024 * 1024, 'x'));
  std::filesystem::resize_file(at.path, 0);
  qemu.write("all there is\n");
  at.opened();
  CHECK(at.file.leftover() == 13);
  at.wait_received("all there is\n");
}

TEST_CASE("a console that has a history begins at the file's end") {
  AtFile at;
  LogWriter qemu(at.path);
  qemu.write("recorded before, or not\n");
  at.opened(true);
  CHECK(at.file.leftover() == 0);
  qemu.write("new\n");
  at.wait_received("new\n");
}

TEST_CASE("a file that is created later is read from its first byte, history or not") {
  for (const bool recorded : {false, true}) {
    AtFile at;
    at.start(recorded);
    at.wait_for(State::closed);
    CHECK(at.sink->reason() == at.path + ": No such file or directory");
    CHECK(at.world.turns_left_alone() < World::kCalm);
    LogWriter(at.path).write("the first words\n");
    at.wait_for(State::open);
    CHECK(at.file.leftover() == 0);
    at.wait_received("the first words\n");
  }
}

TEST_CASE(
    "a file that is deleted is read to its end, waited for, and read from its first byte when it is there again") {
  AtFile at;
  {
    LogWriter qemu(at.path);
    at.opened();
    qemu.write("last words\n");
    std::filesystem::remove(at.path);
  }
  at.wait_for(State::closed);
  CHECK(at.sink->reason() == at.path + ": No such file or directory");
  CHECK(at.sink->received == "last words\n");
  LogWriter(at.path).write("here again, and more\n");
  at.wait_for(State::open);
  at.wait_received("last words\nhere again, and more\n");
}

TEST_CASE("let go and taken back, a file goes on where it was") {
  AtFile at;
  LogWriter qemu(at.path);
  qemu.write("one\n");
  at.opened();
  at.wait_received("one\n");
  // It is read on the pool, and handed out to nobody.
  at.file.hold(true);
  qemu.write("two\n");
  at.world.run_until("it has been read", [&] { return at.world.turns_left_alone() < World::kCalm; });
  at.file.put_down("put down by root");
  at.wait_for(State::down);
  qemu.write("three\n");
  at.file.hold(false);
  at.file.reopen();
  at.wait_for(State::open);
  at.wait_received("one\ntwo\nthree\n");
}

TEST_CASE("a file that is truncated or another one while it is let go is read from its first byte") {
  AtFile at;
  LogWriter(at.path).write("a long line before\n");
  at.opened();
  at.wait_received("a long line before\n");
  for (const bool truncated : {true, false}) {
    at.file.put_down("put down by root");
    at.wait_for(State::down);
    truncated ? std::filesystem::resize_file(at.path, 0) : std::filesystem::rename(at.path, at.path + ".1");
    LogWriter(at.path).write("new\n");
    const std::string before = at.sink->received;
    at.file.reopen();
    at.wait_for(State::open);
    at.wait_received(before + "new\n");
  }
}

TEST_CASE("behind a symbolic link a file is followed, and another one that it is pointed to") {
  AtFile at;
  const std::string first = at.world.directory / "first";
  LogWriter qemu(first);
  std::filesystem::create_symlink(first, at.path);
  at.opened();
  qemu.write("one\n");
  at.wait_received("one\n");
  LogWriter(at.world.directory / "second").write("two\n");
  std::filesystem::remove(at.path);
  std::filesystem::create_symlink(at.world.directory / "second", at.path);
  at.wait_received("one\ntwo\n");
}

TEST_CASE("what is no file is refused, with what to do") {
  AtFile at;
  std::filesystem::create_directory(at.path);
  at.start();
  at.wait_for(State::refused);
  CHECK(at.sink->reason() == at.path + " is a directory; give the file in it that the guest's output goes to");
  std::filesystem::remove(at.path);
  REQUIRE(::mkfifo(at.path.c_str(), 0600) == 0);
  at.wait_for(State::refused);
  CHECK(at.sink->reason() == at.path + " is a FIFO; use pipe:" + at.path);
  std::filesystem::remove(at.path);
  std::filesystem::create_symlink("/dev/null", at.path);
  at.wait_for(State::refused);
  CHECK(at.sink->reason() == at.path + " is a device; use serial:" + at.path + " or pty:" + at.path);
  std::filesystem::remove(at.path);
  LogWriter(at.path).write("a file\n");
  at.wait_received("a file\n");
}

TEST_CASE("a file that one may not read is refused with what to do, and opened once one may") {
  AtFile at;
  LogWriter(at.path).write("secret\n");
  ::chmod(at.path.c_str(), 0);
  ::chmod((at.world.directory / "").c_str(), 0755);
  const WithoutPrivileges like_anybody;
  at.start();
  at.wait_for(State::refused);
  CHECK(at.sink->reason() == at.path + ": Permission denied; run charmuxd as root or as a user who may read it");
  ::chmod(at.path.c_str(), 0644);
  at.wait_for(State::open);
  at.wait_received("secret\n");
}

TEST_CASE("a file takes no input, gives no break, and trying costs nothing") {
  AtFile at;
  const LogWriter qemu(at.path);
  at.opened();
  at.sink->write("typed");
  CHECK(at.sink->unsent == "typed");
  CHECK(at.world.turns_left_alone() < World::kCalm);
  std::string answer;
  at.file.send_break([&](const Status& status) { answer = status ? "sent" : status.error().text; });
  CHECK(answer == "no break: a file takes no input");
}

TEST_CASE("while its console is held a file is not read on, and nothing spins") {
  AtFile at;
  LogWriter qemu(at.path);
  at.opened();
  at.file.hold(true);
  const std::string lines = numbered_lines(0, 200'000);
  qemu.write(lines);
  at.world.turn();
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(at.sink->received.empty());
  at.file.hold(false);
  at.wait_received(lines);
}

TEST_CASE("a disk that hangs does not hold the loop, and nothing of the file is missing or doubled when it goes on") {
  AtFile at;
  LogWriter qemu(at.path);
  at.opened();
  HungDisk disk;
  qemu.write("one\n");
  at.world.run_until("a thread hangs", [&] { return at.world.loop.has_pending_work(); });
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(at.world.loop.has_pending_work());
  CHECK(at.sink->received.empty());
  at.file.put_down("put down by root");
  at.wait_for(State::down);
  qemu.write("two\n");
  at.file.reopen();
  CHECK(at.world.turns_left_alone() < World::kCalm);
  disk.release();
  at.wait_for(State::open);
  at.wait_received("one\ntwo\n");
}

TEST_CASE("a file's backend may be stopped while its disk hangs") {
  AtFile at;
  LogWriter qemu(at.path);
  at.opened();
  HungDisk disk;
  qemu.write("one\n");
  at.world.run_until("a thread hangs", [&] { return at.world.loop.has_pending_work(); });
  at.file.stop();
  CHECK(at.file.stopped());
  disk.release();
  at.world.run_until("the thread is back", [&] { return !at.world.loop.has_pending_work(); });
  CHECK(at.sink->received.empty());
}
