// SPDX-License-Identifier: Apache-2.0
#include "backend/pty_readers.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "kit/chardev.hpp"
#include "kit/other_process.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::pty_readers;
using backend::PtyDevice;
using Readers = std::vector<std::vector<std::string>>;

namespace {

PtyDevice device_at(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return {path, status.st_dev, status.st_rdev};
}

std::string named(const std::string& name, const OtherProcess& process) {
  return name + ", pid " + std::to_string(process.pid());
}

/// A pty, open here too, and the world in which others run.
struct Pty {
  World world;
  PtyMaster qemu;
  UniqueFd ours{::open(qemu.slave().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)};
  PtyDevice device = device_at(qemu.slave());

  void wait_for(const OtherProcess& process, const std::string& name) {
    world.run_until("it runs", [&] { return process.is(name); });
  }
};

}  // namespace

TEST_CASE("who else reads a pty is found, each process once, by pid; we are not among them") {
  Pty pty;
  CHECK(pty_readers({pty.device}) == Readers{{}});
  const OtherProcess cat({"cat", pty.qemu.slave()}, pty.qemu.slave());
  const OtherProcess tail({"tail", "-f"}, pty.qemu.slave());
  pty.wait_for(cat, "cat");
  pty.wait_for(tail, "tail");
  pty.world.run_until("both are found", [&] {
    return pty_readers({pty.device}) == Readers{{named("cat", cat), named("tail", tail)}};
  });
}

TEST_CASE("each of several ptys has its own readers") {
  Pty first;
  Pty second;
  const OtherProcess cat({"cat"}, second.qemu.slave());
  first.wait_for(cat, "cat");
  CHECK(pty_readers({first.device, second.device}) == Readers{{}, {named("cat", cat)}});
}

TEST_CASE("one that only writes to a pty takes nothing from it") {
  Pty pty;
  const OtherProcess sleep({"sleep", "1000"}, "/dev/null", pty.qemu.slave());
  pty.wait_for(sleep, "sleep");
  CHECK(pty_readers({pty.device}) == Readers{{}});
}

TEST_CASE("the program whose pty it is has it open as well, and is no reader") {
  Pty pty;
  constexpr const char* kOpenBoth =
      "import os, sys, time; master, slave = os.openpty(); print(os.ttyname(slave), flush=True); time.sleep(1000)";
  const std::string said = pty.world.directory / "said";
  { const std::ofstream made(said); }
  const OtherProcess python({"/usr/bin/python3", "-c", kOpenBoth}, "/dev/null", said);
  std::string path;
  pty.world.run_until("it has a pty", [&] {
    std::ifstream file(said);
    return static_cast<bool>(std::getline(file, path));
  });
  const UniqueFd ours(::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  const OtherProcess cat({"cat"}, path);
  pty.wait_for(cat, "cat");
  CHECK(pty_readers({device_at(path)}) == Readers{{named("cat", cat)}});
}

TEST_CASE("a pty of the same number in another devpts is another, and one that has another path the same") {
  Pty pty;
  const std::string other = pty.world.directory / "other";
  const std::string same = pty.world.directory / "same";
  std::filesystem::create_directory(other);
  std::filesystem::create_directory(same);
  REQUIRE(::mount("devpts", other.c_str(), "devpts", 0, "newinstance,ptmxmode=0666,mode=0600") == 0);
  REQUIRE(::mount("/dev/pts", same.c_str(), nullptr, MS_BIND, nullptr) == 0);
  const std::string number = std::filesystem::path(pty.qemu.slave()).filename();
  {
    const UniqueFd master(::open((other + "/ptmx").c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    int unlocked = 0;
    REQUIRE(::ioctl(master.get(), TIOCSPTLCK, &unlocked) == 0);
    const PtyDevice there = device_at(other + "/" + number);
    CHECK(there.number == pty.device.number);
    const OtherProcess theirs({"cat"}, other + "/" + number);
    const OtherProcess ours({"cat"}, same + "/" + number);
    pty.wait_for(theirs, "cat");
    pty.wait_for(ours, "cat");
    CHECK(pty_readers({pty.device}) == Readers{{named("cat", ours)}});
  }
  CHECK(::umount(same.c_str()) == 0);
  CHECK(::umount(other.c_str()) == 0);
}
