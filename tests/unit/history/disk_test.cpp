// SPDX-License-Identifier: Apache-2.0
// What a disk can do to a history beside: have something in its place, be full, be read-only, not be there.
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <functional>
#include <iostream>

#include "unit/history/history_kit.hpp"

using namespace charmux;
using namespace charmux::history;
using namespace charmux::history::kit;

namespace {

/// Runs `body` in a child that alone sees a 2 MiB tmpfs at `where`. The body returns what went wrong, or nothing. A
/// SIGBUS ends the child and so fails the test.
void on_a_small_disk(const std::string& where, const std::function<std::string()>& body) {
  int ends[2] = {-1, -1};
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  UniqueFd from_child(ends[0]);
  UniqueFd to_test(ends[1]);
  std::cout.flush();  // or the child, ended by a sanitizer's exit, says again what the parent has said
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    std::string wrong;
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", where.c_str(), "tmpfs", 0, "size=2m") != 0)
      wrong = "this test mounts a tmpfs in a mount namespace of its own and needs root for it: " + errno_text(errno);
    else
      wrong = body();
    const bool told = ::write(to_test.get(), wrong.data(), wrong.size()) >= 0;
    ::_exit(told && wrong.empty() ? 0 : 1);
  }
  to_test.reset();
  std::string wrong(4096, '\0');
  const ssize_t n = ::read(from_child.get(), wrong.data(), wrong.size());
  wrong.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  CHECK_MESSAGE((WIFEXITED(status) && WEXITSTATUS(status) == 0), "exit ", status, ": ", wrong);
}

/// Writes three laps and compares every byte; what went wrong, or nothing.
std::string three_laps(Ring& ring) {
  const std::uint64_t end = ring.head() + 3 * ring.size();
  while (ring.head() < end) {
    const std::string text = pattern(ring.head(), ring.size() / Ring::kWindows);
    const BytesSpan window = ring.window();
    std::memcpy(window.data(), text.data(), text.size());
    ring.commit(text.size(), at(static_cast<double>(ring.head())));
  }
  return holds_pattern(ring) ? "" : "a byte is wrong";
}

/// Opens a new ring and begins it. What went wrong, or nothing: then the ring is in memory for that reason.
std::string begin_unkept(Result<Ring::Opened>& opened, const std::string& not_kept) {
  if (!opened) return opened.error().text;
  if (!opened->remarks.empty()) return "remarked before there was anything to keep: " + opened->remarks[0];
  const Result<std::vector<std::string>> remarks = opened->ring.begin();
  if (!remarks) return remarks.error().text;
  if (opened->ring.not_kept() != not_kept) return "not kept: " + opened->ring.not_kept();
  if (remarks->size() != 1 || !contains(remarks->at(0), "history not kept: " + not_kept + ": ") ||
      !contains(remarks->at(0), "a.ring is kept in memory only; "))
    return "no remark, too many, or another";
  return "";
}

/// Leaves not a block.
void fill_disk(const std::string& directory) {
  const UniqueFd fd(::open((directory + "/filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const std::string block(4096, 'x');
  while (::write(fd.get(), block.data(), block.size()) > 0) {
  }
}

}  // namespace

TEST_CASE("where the disk will not have it the ring is in memory, and says why and what to do") {
  const TempDir dir;
  std::filesystem::create_directory(dir / "directory.ring");
  make_ring(dir / "elsewhere");
  std::filesystem::permissions(dir / "elsewhere", std::filesystem::perms(0640));
  std::filesystem::create_symlink(dir / "elsewhere", dir / "link.ring");
  REQUIRE(::mkfifo((dir / "fifo.ring").c_str(), 0600) == 0);
  struct Place {
    const char* name;
    const char* not_kept;
    const char* remedy;
  };
  for (const Place& place : {Place{"directory.ring", "it is not a regular file", "move that away"},
                             Place{"fifo.ring", "it is not a regular file", "move that away"},
                             Place{"link.ring", "it is a symbolic link", "put a directory of its own there"}}) {
    CAPTURE(place.name);
    auto opened = remarked_ring(dir / place.name);
    Ring& ring = opened.first;
    const std::string& remark = opened.second;
    CHECK(ring.not_kept() == place.not_kept);
    CHECK_MESSAGE(contains(remark, std::string("history not kept: ") + place.not_kept + ": "), remark);
    CHECK_MESSAGE(
        contains(remark, std::string(place.name) + " is kept in memory only; " + place.remedy + " and start again"),
        remark);
    CHECK(three_laps(ring).empty());
    ring.close_cleanly(at(0));
  }
  CHECK(std::filesystem::is_directory(dir / "directory.ring"));
  CHECK(std::filesystem::status(dir / "elsewhere").permissions() == std::filesystem::perms(0640));
  CHECK_FALSE(std::filesystem::exists(dir / "fifo.times"));
}

TEST_CASE("a history that others could read is made its owner's only") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  make_ring(path);
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  const Ring ring = quiet_ring(path);
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0600));
}

TEST_CASE("on a full disk the ring is in memory and says so, and writing it all over never raises SIGBUS") {
  const TempDir dir;
  on_a_small_disk(dir.path(), [&]() -> std::string {
    Result<Ring::Opened> opened = Ring::open(dir / "a.ring", 4 * MiB);
    if (std::string wrong = begin_unkept(opened, "disk full"); !wrong.empty()) return wrong;
    if (!std::filesystem::is_empty(dir.path())) return "something was left on the disk";
    return three_laps(opened->ring);
  });
}

TEST_CASE("a ring that is on the disk can be written all over when the disk is full since") {
  const TempDir dir;
  on_a_small_disk(dir.path(), [&]() -> std::string {
    for (int round = 0; round < 2; ++round) {
      Result<Ring::Opened> opened = Ring::open(dir / "a.ring", 1 * MiB);
      if (!opened) return opened.error().text;
      if (!opened->remarks.empty()) return opened->remarks[0];
      fill_disk(dir.path());
      if (std::string wrong = three_laps(opened->ring); !wrong.empty()) return wrong;
    }
    return "";
  });
}

TEST_CASE("a history with holes on a full disk is carried into memory") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  on_a_small_disk(dir.path(), [&]() -> std::string {
    {
      Result<Ring::Opened> opened = Ring::open(path, 1 * MiB);
      if (!opened) return opened.error().text;
      put(opened->ring, pattern(0, 1000));
    }
    const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (::fallocate(fd.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 64 * KiB, 512 * KiB) != 0) return "no hole";
    fill_disk(dir.path());
    Result<Ring::Opened> opened = Ring::open(path, 1 * MiB);
    if (!opened) return opened.error().text;
    if (opened->ring.not_kept() != "disk full") return "not kept: " + opened->ring.not_kept();
    if (all_of(opened->ring) != pattern(0, 1000)) return "its bytes are not there";
    return three_laps(opened->ring);
  });
}

TEST_CASE("on a disk that is mounted read-only the ring is in memory and says so") {
  const TempDir dir;
  on_a_small_disk(dir.path(), [&]() -> std::string {
    if (::mount(nullptr, dir.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) return "no remount";
    Result<Ring::Opened> opened = Ring::open(dir / "a.ring", 64 * KiB);
    if (std::string wrong = begin_unkept(opened, "Read-only file system"); !wrong.empty()) return wrong;
    return three_laps(opened->ring);
  });
}
