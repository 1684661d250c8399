// SPDX-License-Identifier: Apache-2.0
#include "console/journal.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>

#include "kit/hung_disk.hpp"
#include "kit/logged_house.hpp"

using namespace charmux;
using namespace charmux::test;

TEST_CASE("the log has what the guest printed, byte for byte, while somebody types; it is for its owner alone") {
  LoggedHouse logged;
  Connection typist = logged.house.attach_raw(logged.house.open_raw());
  typist.write("typed");
  const std::string all = all_byte_values() + numbered_lines(0, 100'000) + "an end without a line end";
  for (std::size_t at = 0; at < all.size(); at += 4096) {
    logged.print(all.substr(at, 4096));
    typist.poll();
  }
  logged.wait_for_end("an end without a line end");
  CHECK(contents(logged.path) == all);
  logged.house.run_until("the viewer has all", [&] {
    typist.poll();
    return typist.received().size() == all.size();
  });
  CHECK(logged.house.console.viewers().size() == 1);
  CHECK(logged.house.typed() == "typed");
  struct stat about {};
  REQUIRE(::stat(logged.path.c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0600);
}

TEST_CASE("what comes in many small pieces is written in few") {
  using std::chrono::steady_clock;
  LoggedHouse logged;
  logged.print("x");
  logged.wait_for_end("x");
  const unsigned long before = writes_to_files();
  const auto began = steady_clock::now();
  for (int i = 0; i < 1000; ++i) logged.print(".");
  logged.print("the end");
  logged.wait_for_end("the end");
  CHECK(contents(logged.path) == "x" + std::string(1000, '.') + "the end");
  // A timer can be a millisecond early.
  const auto most = (steady_clock::now() - began) / (Journal::kGather - std::chrono::milliseconds(1)) + 1;
  CHECK(writes_to_files() - before <= static_cast<unsigned long>(most));
}

TEST_CASE("it goes on behind what stands in the file, and keeps the mode that somebody gave it") {
  House house;
  const std::string path = house.world.directory / "vm.log";
  house.print("before there is a log\n");
  std::ofstream(path) << "of yesterday\n";
  std::filesystem::permissions(path, std::filesystem::perms(0640));
  Scribes scribes(house.world.loop);
  const Journal journal(house.console, {path, house.world.directory / "place"}, scribes, house.world.log);
  house.print("today\n");
  house.run_until("it is there", [&] { return ends_with(contents(path), "today\n"); });
  CHECK(contents(path) == "of yesterday\ntoday\n");
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0640));
}

TEST_CASE("reopened after the file was moved, it goes on in a new one and nothing is lost between the two") {
  LoggedHouse logged;
  const std::string moved = logged.path + ".1";
  const std::string before = numbered_lines(0, 20'000);
  const std::string after = numbered_lines(20'000, 40'000);
  logged.print(before);
  REQUIRE(std::rename(logged.path.c_str(), moved.c_str()) == 0);
  logged.journal.reopen();
  logged.print(after);
  logged.wait_for_end("00039999\n");
  logged.house.run_until("there are two", [&] { return contents(moved) + contents(logged.path) == before + after; });
  SUBCASE("also with nothing to write") {
    logged.house.run_until("nothing is", [&] { return !logged.house.world.loop.has_pending_work(); });
    REQUIRE(std::rename(logged.path.c_str(), moved.c_str()) == 0);
    logged.journal.reopen();
    logged.house.run_until("there is a new one", [&] { return std::filesystem::exists(logged.path); });
  }
  SUBCASE("and under another name when the console has one") {
    const std::string other = logged.house.world.directory / "other.log";
    logged.journal.move_to({other, other + ".place"});
    logged.print("under another name\n");
    logged.house.run_until("it is there", [&] { return contents(other) == "under another name\n"; });
  }
}

TEST_CASE("where the console was not read the log says so") {
  LoggedHouse logged;
  logged.print("before\n");
  logged.house.power_off();
  logged.house.run_until("it is away", [&] { return !logged.house.console.is_open(); });
  logged.house.power_on();
  logged.print("after\n");
  logged.wait_for_end("after\n");
  const std::vector<std::string> notices = notices_in(contents(logged.path));
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].rfind("not recorded ", 0) == 0);
  CHECK(console_bytes(contents(logged.path)) == "before\nafter\n");
}

TEST_CASE("at the stop what there is goes to the disk") {
  LoggedHouse logged({.log_level = LogLevel::info, .ring = 1 * MiB});
  const std::string all = numbered_lines(0, 80'000);
  {
    HungDisk disk;  // so that most of it is to be written then
    logged.print(all);
    logged.house.stop();
    logged.journal.stop();
    CHECK_FALSE(logged.journal.stopped());
  }
  logged.house.run_until("it is over", [&] { return logged.journal.stopped(); });
  CHECK(contents(logged.path) == all);
}

TEST_CASE("the next journal goes on at the byte where the one before was torn away, whatever it was writing") {
  LoggedHouse logged({.log_level = LogLevel::info, .ring = 1 * MiB});
  House& house = logged.house;
  const std::string path = house.world.directory / "torn.log";
  const console::JournalPaths paths{path, house.world.directory / "torn.place"};
  std::string all;
  const auto print = [&](int lines) {
    const int first = static_cast<int>(all.size() / 9);
    const std::string some = numbered_lines(first, first + lines);
    all += some;
    logged.print(some);
  };
  for (int life = 0; life < 5; ++life) {
    {
      const Journal journal(house.console, paths, logged.scribes, house.world.log);
      // What a kill leaves of a write: some of its bytes are in the file, or none.
      print(1000);
      house.run_until("some of it is there", [&] { return contents(path).size() >= all.size() - 9000 + 9; });
      print(3000);
    }
    print(100);  // while nobody logs it
    house.run_until("nothing is written any more", [&] { return !house.world.loop.has_pending_work(); });
  }
  const Journal journal(house.console, paths, logged.scribes, house.world.log);
  house.run_until("it has the end", [&] { return ends_with(contents(path), all.substr(all.size() - 9)); });
  CHECK(contents(path) == all);
}

TEST_CASE("a journal that was torn away before it had anything to write has begun all the same") {
  House house;
  Scribes scribes(house.world.loop);
  const console::JournalPaths paths{house.world.directory / "vm.log", house.world.directory / "place"};
  house.print("before there is a log\n");
  {
    const Journal journal(house.console, paths, scribes, house.world.log);
    house.run_until("it has begun", [&] { return std::filesystem::exists(paths.place); });
  }
  house.print("while nobody logs it\n");
  const Journal journal(house.console, paths, scribes, house.world.log);
  house.run_until("it is there", [&] { return contents(paths.log) == "while nobody logs it\n"; });
}
