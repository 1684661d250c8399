// SPDX-License-Identifier: Apache-2.0
// What a disk can do to a history: hold something else under its name, be full, be read-only, not be there.
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

void make_ring(const std::string& path) {
  Ring ring = quiet_ring(path);
  put(ring, "old");
}

/// The file at `path` is set aside for this reason, and a new history begins.
void check_set_aside(const std::string& path, std::string_view reason, std::string_view name) {
  CAPTURE(reason);
  const auto bytes = std::filesystem::file_size(path);
  auto opened = remarked_ring(path);
  Ring& ring = opened.first;
  const std::string& remark = opened.second;
  CHECK_MESSAGE(contains(remark, reason), remark);
  CHECK_MESSAGE(contains(remark, "it was renamed to " + std::string(name) + " and a new history begins"), remark);
  CHECK(std::filesystem::file_size(std::string(name)) == bytes);
  CHECK(ring.head() == 0);
  CHECK(ring.not_kept().empty());
  append(ring, pattern(0, 100'000));
  CHECK(holds_pattern(ring));
}

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

/// Leaves not a block.
void fill_disk(const std::string& directory) {
  const UniqueFd fd(::open((directory + "/filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const std::string block(4096, 'x');
  while (::write(fd.get(), block.data(), block.size()) > 0) {
  }
}

}  // namespace

TEST_CASE("a foreign file is set aside, under a name that is free, and a new history begins") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  for (const char* name : {".set-aside", ".set-aside.1", ".set-aside.2"}) {
    std::filesystem::remove(path);
    const UniqueFd foreign(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    REQUIRE(::write(foreign.get(), "#!/bin/sh\n", 10) == 10);
    REQUIRE(::ftruncate(foreign.get(), 70'000) == 0);
    check_set_aside(path, "a.ring is not a charmux history;", path + name);
  }
}

TEST_CASE("a header that makes no sense is set aside, and what is wrong is said") {
  const TempDir dir;
  struct Wrong {
    const char* reason;
    void (*change)(RingHeader&);
  };
  constexpr Wrong kWrong[] = {
      {"has format 7 where this version reads 1", [](RingHeader& h) { h.version = 7; }},
      {"has the size 66560, which no history has", [](RingHeader& h) { h.size = 65 * KiB; }},
      {"has the size 2147483648, which no history has", [](RingHeader& h) { h.size = 2 * GiB; }},
      {"has its data at 64, where none can be", [](RingHeader& h) { h.data_offset = 64; }},
      {"bytes long and should be", [](RingHeader& h) { h.size *= 2; }},
      {"(base 1, reserved 3)", [](RingHeader& h) { h.base = 1; }},
      {"has offsets that no history reaches", [](RingHeader& h) { h.head = h.reserved = kLastOffset + 1; }},
      {"(first 4, head 3, reserved 3)", [](RingHeader& h) { h.first = 4; }},
      {"(first 0, head 4, reserved 3)", [](RingHeader& h) { h.head = 4; }},
      {"(first 0, head 3, reserved 4100)", [](RingHeader& h) { h.reserved = 3 + 4 * KiB + 1; }},
      {"has flags or counters", [](RingHeader& h) { h.clean = 2; }},
      {"has flags or counters", [](RingHeader& h) { h.last_mark = ~std::uint64_t{0}; }},
      {"has marks that do not fit it", [](RingHeader& h) { h.last_mark = 1, h.marks[0].number = 65; }},
  };
  for (const Wrong& wrong : kWrong) {
    const std::string path = dir / "a.ring";
    make_ring(path);
    edit_header(path, wrong.change);
    check_set_aside(path, wrong.reason, path + ".set-aside");
    std::filesystem::remove(path);
    std::filesystem::remove(path + ".set-aside");
  }
}

TEST_CASE("a file that was cut short or grew is set aside, never mapped") {
  const TempDir dir;
  struct Length {
    std::uintmax_t bytes;
    const char* reason;
  };
  for (const Length& length :
       {Length{0, "is shorter than a history's header"}, Length{4095, "is shorter than a history's header"},
        Length{4096, "is 4096 bytes long and should be"},
        Length{page_size() + 64 * KiB - 1, "bytes long and should be"},
        Length{page_size() + 64 * KiB + 1, "bytes long and should be"}}) {
    const std::string path = dir / std::to_string(length.bytes);
    make_ring(path);
    std::filesystem::resize_file(path, length.bytes);
    check_set_aside(path, length.reason, path + ".set-aside");
  }
}

TEST_CASE("a history of another size is carried over: its newest bytes, its offsets and its marks") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  {
    Ring ring = quiet_ring(path, 128 * KiB);
    append(ring, pattern(0, 200'000), at(1));
    ring.add_mark(MarkKind::leftover, at(2), at(2), 9);
    append(ring, pattern(200'000, 100'000), at(3));
    (void)ring.window();  // and is killed
  }
  for (const std::uint64_t size : {64 * KiB, 1 * MiB, 256 * KiB}) {
    CAPTURE(size);
    auto [ring, remark] = remarked_ring(path, size);
    // The window gave up 8 KiB of the 128 KiB; then 64 KiB is all there is.
    CHECK(contains(remark, "a.ring was carried over from "));
    CHECK(contains(remark, "its newest 65536 bytes are kept"));
    CHECK(ring.size() == size);
    CHECK(ring.head() == 300'000);
    CHECK(ring.tail() == 300'000 - 64 * KiB);
    CHECK(holds_pattern(ring));
    REQUIRE(marks_of(ring).size() == 1);
    CHECK(marks_of(ring)[0].mark.offset == 200'000);
    CHECK(ring.times().time_at(300'000) == at(3));
    CHECK(ring.last_output() == at(3));
  }
  Ring ring = quiet_ring(path, 256 * KiB);
  append(ring, pattern(300'000, 900'000));
  CHECK(ring.head() - ring.tail() == 256 * KiB);
  CHECK(holds_pattern(ring));
}

TEST_CASE("carried over from a killed process, what lay under the window is left behind") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  {
    Ring ring = quiet_ring(path);
    append(ring, pattern(0, 100'000));
    const BytesSpan window = ring.window();
    std::fill(window.begin(), window.end(), std::byte{'!'});
  }
  Ring ring = remarked_ring(path, 128 * KiB).first;
  CHECK(ring.tail() == 100'000 - 60 * KiB);
  CHECK(holds_pattern(ring));
}

TEST_CASE("carried over after a power cut, the history is marked as any other") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  make_ring(path);
  cut_power(path);
  Result<Ring::Opened> opened = Ring::open(path, 128 * KiB);
  REQUIRE(opened.has_value());
  CHECK(opened->remarks.size() == 2);
  CHECK(opened->ring.head() == kPowerCutStep + 3);
  CHECK(all_of(opened->ring) == "old");
  CHECK(marks_of(opened->ring).size() == 1);
}

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
  for (const Place& place : {Place{"missing/a.ring", "No such file or directory", "create its directory"},
                             Place{"directory.ring", "it is not a regular file", "move that away"},
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
    if (!opened) return opened.error().text;
    if (opened->ring.not_kept() != "disk full") return "not kept: " + opened->ring.not_kept();
    if (opened->remarks.size() != 1) return "no remark, or too many";
    if (!contains(opened->remarks[0], "history not kept: disk full: ") ||
        !contains(opened->remarks[0], "a.ring is kept in memory only; free some of it and start again"))
      return opened->remarks[0];
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
    if (!opened) return opened.error().text;
    if (opened->ring.not_kept() != "Read-only file system") return "not kept: " + opened->ring.not_kept();
    return three_laps(opened->ring);
  });
}
