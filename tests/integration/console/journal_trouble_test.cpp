// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>
#include <vector>

#include "kit/hung_disk.hpp"
#include "kit/logged_house.hpp"
#include "loop/work.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// As good as never: what is tried again is tried for another reason.
constexpr std::chrono::milliseconds kNever = std::chrono::hours(1);

/// No file of this process grows beyond so much, while it lives: a disk that is full.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;
  ~FileLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("a disk that takes no more stops the log alone, is said once, and what was lost is told in the file") {
  LoggedHouse logged({.log_level = LogLevel::info}, std::chrono::milliseconds(20));
  Connection viewer = logged.house.attach_raw(logged.house.open_raw());
  std::string all;
  int next = 0;
  const auto print = [&] {
    const std::string some = numbered_lines(next, next + 1000);
    next += 1000;
    all += some;
    logged.print(some);
    viewer.poll();
  };
  {
    const FileLimit limit(100'003);  // in the middle of a line
    for (int i = 0; i < 12; ++i) {
      print();
      logged.house.run_until(
          "the log has it", [&] { return contents(logged.path).size() >= std::min<std::size_t>(all.size(), 100'003); });
    }
    for (int i = 0; i < 18; ++i) print();
    logged.house.run_until("it is said", [&] { return !logged.house.console.remark().empty(); });
    CHECK(logged.house.console.condition() == "log stopped: File too large");
    // It is tried again meanwhile, in vain.
    CHECK(logged.house.world.turns_left_alone() < World::kCalm);
    for (int i = 0; i < 10; ++i) print();
  }
  logged.house.run_until("it goes on", [&] { return logged.house.console.remark().empty(); });
  print();
  logged.wait_for_end(all.substr(all.size() - 9));
  const std::string log = contents(logged.path);
  CHECK(told_skipped(log) > 0);
  CHECK(console_bytes(log).size() + told_skipped(log) == all.size());
  CHECK(log.substr(0, 100'003) == all.substr(0, 100'003));
  CHECK(logged.house.console.traffic().skipped == told_skipped(log));
  CHECK(logged.captured.count("console vm: log " + logged.path +
                              " stopped: File too large; mend that, and it goes on by itself\n") == 1);
  CHECK(logged.captured.has("console vm: log " + logged.path + " goes on\n"));
  logged.house.run_until("the viewer has all", [&] {
    viewer.poll();
    return viewer.received().size() == all.size();
  });
  CHECK(viewer.received() == all);
}

TEST_CASE("a disk that hangs costs nobody else anything, and its logs not all the threads there are") {
  LoggedHouse logged({.log_level = LogLevel::info}, std::chrono::milliseconds(20));
  std::vector<std::unique_ptr<Journal>> more;
  more.reserve(5);
  for (int i = 0; i < 5; ++i)
    more.push_back(std::make_unique<Journal>(
        logged.house.console,
        console::JournalPaths{logged.path + std::to_string(i), logged.path + "." + std::to_string(i)}, logged.scribes,
        logged.house.world.log));
  logged.print("before\n");
  logged.wait_for_end("before\n");
  Connection viewer = logged.house.attach_raw(logged.house.open_raw());
  const std::string all = numbered_lines(0, 50'000);
  HungDisk disk;
  for (std::size_t at = 0; at < all.size(); at += 4096) {
    logged.print(all.substr(at, 4096));
    viewer.poll();
  }
  logged.house.run_until("the viewer has all", [&] {
    viewer.poll();
    return viewer.received() == all;
  });
  bool looked_up = false;
  const loop::Work other(
      logged.house.world.loop, [] {}, [&] { looked_up = true; });
  logged.house.run_until("another thread is free", [&] { return looked_up; });
  logged.house.run_until("it is said", [&] {
    // Its own, or that of the others, which are in the same folder.
    return logged.captured.has(logged.path + " stopped: the disk does not answer; see what it waits for") ||
           logged.captured.has(logged.path + " stopped: the disk of other logs does not answer, and it waits for them");
  });
  CHECK(logged.house.console.condition().rfind("log stopped: the disk", 0) == 0);
  disk.release();
  logged.house.run_until("it goes on", [&] { return logged.captured.has(logged.path + " goes on"); });
  logged.print("the end\n");
  logged.wait_for_end("the end\n");
  const std::string log = contents(logged.path);
  CHECK(told_skipped(log) > 0);
  CHECK(console_bytes(log).size() + told_skipped(log) == 7 + all.size() + 8);
}

TEST_CASE("at the stop a disk that takes nothing is not waited for, and what is missing is said") {
  LoggedHouse logged({.log_level = LogLevel::info}, kNever);
  logged.print(numbered_lines(0, 1000));
  logged.wait_for_end("00000999\n");
  SUBCASE("it refuses") {
    const FileLimit limit(9000);
    logged.print("not in it\n");
    logged.house.run_until("it is said", [&] { return !logged.house.console.remark().empty(); });
    logged.house.stop();
    logged.journal.stop();
    logged.house.run_until("it is over", [&] { return logged.journal.stopped(); });
  }
  SUBCASE("it hangs") {
    const HungDisk disk;
    logged.print("not in it\n");
    logged.house.stop();
    logged.journal.stop();
    CHECK_FALSE(logged.journal.stopped());
    logged.journal.give_up();
    CHECK(logged.journal.stopped());
  }
  CHECK(
      logged.captured.has("console vm: log " + logged.path +
                          ": charmuxd stopped before its last 10 bytes were written; the next one writes what is kept "
                          "of them\n"));
}

TEST_CASE("what is no file to be written is refused with the reason, and taken when that is mended") {
  House house({.log_level = LogLevel::info});
  const LogCapture captured(house.world.directory / "stderr");
  const std::string folder = house.world.directory / "logs";
  const std::string path = folder + "/vm.log";
  std::string reason;
  UniqueFd reader;
  SUBCASE("no directory") { reason = "No such file or directory; create its directory"; }
  SUBCASE("a directory in its place") {
    std::filesystem::create_directories(path);
    reason = "it is not a regular file; move that away";
  }
  SUBCASE("a FIFO") {
    std::filesystem::create_directory(folder);
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    reason = "it is not a regular file; move that away";
  }
  SUBCASE("a FIFO that is read") {
    std::filesystem::create_directory(folder);
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    reader.reset(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    reason = "it is not a regular file; move that away";
  }
  SUBCASE("a symbolic link") {
    std::filesystem::create_directory(folder);
    std::filesystem::create_symlink("elsewhere", path);
    reason = "it is a symbolic link; name the file itself";
  }
  Scribes scribes(house.world.loop);
  Journal journal(house.console, {path, house.world.directory / "place"}, scribes, house.world.log, kNever);
  house.run_until("it is said", [&] {
    return captured.has("console vm: log " + path + " stopped: " + reason + ", and it goes on by itself\n");
  });
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  house.print("kept meanwhile\n");
  journal.reopen();
  house.run_until("it is there", [&] { return contents(path) == "kept meanwhile\n"; });
}
