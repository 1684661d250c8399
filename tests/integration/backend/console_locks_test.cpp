// SPDX-License-Identifier: Apache-2.0
#include "backend/console_locks.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "at_libvirt_pty.hpp"
#include "kit/out_of_descriptors.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::ConsoleLocks;

namespace {

/// How many inotify instances this process has.
int instances() {
  int count = 0;
  std::error_code gone;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd"))
    if (std::filesystem::read_symlink(each, gone) == "anon_inode:inotify") ++count;
  return count;
}

void make(const std::string& lock) { std::ofstream file(lock); }

/// Locks below a folder of the test's own.
struct Locks {
  World world;
  const std::string folder = world.directory / "lock";
  std::unique_ptr<ConsoleLocks> locks = std::make_unique<ConsoleLocks>(world.loop, folder);
  int told = 0;

  ConsoleLocks::Watch watch(const std::string& name) {
    return locks->watch(folder + "/" + name, [this] { ++told; });
  }
  void wait_told() {
    world.run_until("it is told", [&] { return told > 0; });
    told = 0;
  }
};

}  // namespace

TEST_CASE("a pty's lock is where libvirt makes it, whatever link leads to the pty") {
  World world;
  const ConsoleLocks locks(world.loop);
  PtyMaster qemu;
  CHECK(locks.path_for("/dev/pts/3") == "/var/lock/LCK.._pts_3");
  CHECK(locks.path_for("/srv/dev/modem") == "/var/lock/LCK.._srv_dev_modem");
  std::filesystem::create_symlink(qemu.slave(), world.directory / "pty");
  CHECK(locks.path_for(world.directory / "pty") == console_lock_of(qemu));
}

TEST_CASE("all locks are watched with one inotify, and each is told of its own") {
  Locks at;
  std::filesystem::create_directory(at.folder);
  int others = 0;
  const auto mine = at.watch("LCK.._pts_1");
  const auto other = at.locks->watch(at.folder + "/LCK.._pts_2", [&] { ++others; });
  CHECK(instances() == 1);
  make(at.folder + "/LCK.._pts_1");
  at.wait_told();
  std::filesystem::remove(at.folder + "/LCK.._pts_1");
  at.wait_told();
  CHECK(others == 0);
  CHECK_FALSE(at.locks->take_remark());
}

TEST_CASE("who does not watch any more is not told, though it be another who ends that just then") {
  Locks at;
  std::filesystem::create_directory(at.folder);
  ConsoleLocks::Watch second;
  ConsoleLocks::Watch first = at.locks->watch(at.folder + "/LCK.._pts_1", [&] {
    ++at.told;
    second.reset();
    first.reset();
  });
  second = at.watch("LCK.._pts_1");
  make(at.folder + "/LCK.._pts_1");
  at.world.run_until("it is told", [&] { return at.told > 0; });
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(at.told == 1);
}

TEST_CASE(
    "locks are heard of in a directory that is made later, at the end of a link too, and again when it is made anew") {
  Locks at;
  SUBCASE("a directory") {}
  SUBCASE("a link") { std::filesystem::create_directory_symlink(at.world.directory / "real", at.folder); }
  const bool is_link = std::filesystem::is_symlink(at.folder);
  const std::string real = is_link ? at.world.directory / "real" : at.folder;
  const auto watch = at.watch("LCK.._pts_1");
  for (int time = 0; time < 2; ++time) {
    std::filesystem::create_directory(real);
    at.wait_told();
    make(real + "/LCK.._pts_1");
    at.wait_told();
    std::filesystem::remove_all(real);
    CHECK(at.world.turns_left_alone() < World::kCalm);
    at.told = 0;
  }
}

TEST_CASE("without inotify locks are looked at while one is watched, which is said once") {
  Locks at;
  ConsoleLocks::Watch watch;
  {
    const OutOfDescriptors full;
    watch = at.watch("LCK.._pts_1");
  }
  CHECK(at.locks->take_remark() ==
        "libvirt's console locks are only looked at every second: inotify: Too many open files; "
        "fs.inotify.max_user_instances may be raised");
  CHECK_FALSE(at.locks->take_remark());
  at.wait_told();
  at.wait_told();
}

TEST_CASE("a console says once that locks are only looked at") {
  AtLibvirtPty at;
  std::optional<OutOfDescriptors> full(std::in_place);
  at.start();
  at.world.run_until("it is said", [&] { return !at.sink->remarks.empty(); });
  full.reset();
  at.wait_for(backend::State::open);
  const ConsoleSession virsh(at.lock);
  at.wait_for(backend::State::waiting);
  CHECK(at.sink->remarks.size() == 1);
}
