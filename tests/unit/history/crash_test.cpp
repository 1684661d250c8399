// SPDX-License-Identifier: Apache-2.0
// A process that writes a history is killed, and the next one finds every byte at its offset. The writer is a forked
// child; how far it got is in memory it shares with the test.
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <iostream>
#include <random>

#include "unit/history/history_kit.hpp"

using namespace charmux;
using namespace charmux::history;
using namespace charmux::history::kit;

namespace {

struct Progress {
  std::atomic<std::uint64_t> commits{0};
  std::atomic<std::uint64_t> head{0};
};

class Shared {
 public:
  Shared()
      : memory_(::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)),
        progress_(new (memory_) Progress) {}
  ~Shared() { ::munmap(memory_, sizeof(Progress)); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  Shared(Shared&&) = delete;
  Shared& operator=(Shared&&) = delete;
  Progress* operator->() const { return progress_; }

 private:
  void* memory_;
  Progress* progress_;
};

/// Runs `body` in a child until it is killed; it must not return.
pid_t start(const std::function<void()>& body) {
  std::cout.flush();  // or the child, ended by a sanitizer's exit, says again what the parent has said
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    body();
    ::_exit(1);
  }
  return pid;
}

void wait_for_its_death(pid_t pid) {
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGKILL);
}

/// One read of a backend, byte by byte, so that a kill may fall between any two.
void read_pattern(Ring& ring, std::size_t bytes) {
  const BytesSpan window = ring.window();
  const std::uint64_t from = ring.head();
  for (std::size_t i = 0; i < bytes; ++i) {
    window[i] = static_cast<std::byte>(pattern(from + i));
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
}

void write_until_killed(const std::string& path, unsigned seed, const Shared& progress) {
  std::mt19937 random(seed);
  Result<Ring::Opened> opened = Ring::open(path, Ring::kSmallest);
  if (!opened) return;
  Ring& ring = opened->ring;
  ring.begin_recording(at(seed));
  for (;;) {
    const std::size_t bytes = random() % 4 == 0 ? 4 * KiB : random() % 200;
    read_pattern(ring, bytes);
    ring.commit(bytes, at(seed));
    progress->head = ring.head();
    ++progress->commits;
  }
}

}  // namespace

TEST_CASE("killed a hundred times at any point, every byte is right, no offset comes again, and a mark stands there") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  std::mt19937 random(4);
  { const Ring made = begun_ring(path); }
  std::uint64_t marks = 0;
  for (unsigned kill = 1; kill <= 120; ++kill) {
    CAPTURE(kill);
    const Shared progress;
    const pid_t pid = start([&] { write_until_killed(path, kill, progress); });
    const std::uint64_t commits = random() % 150;
    while (progress->commits < commits && ::waitpid(pid, nullptr, WNOHANG) == 0) ::sched_yield();
    ::kill(pid, SIGKILL);
    wait_for_its_death(pid);

    Ring ring = quiet_ring(path);
    REQUIRE(ring.head() >= progress->head);
    REQUIRE(ring.head() - ring.tail() >= std::min(ring.head(), ring.size() - 4 * KiB));
    REQUIRE(holds_pattern(ring));
    const std::uint64_t head = ring.head();
    ring.begin_recording(at(kill + 0.5));
    if (kill > 1) {  // the first child may be killed before it ever began
      const std::vector<NumberedMark> all = marks_of(ring);
      REQUIRE(ring.last_mark_number() > marks);
      REQUIRE(all.back().mark.kind == MarkKind::not_recorded);
      REQUIRE(all.back().mark.offset == head);
      REQUIRE(all.back().mark.to == at(kill + 0.5));
    }
    marks = ring.last_mark_number();
  }
  CHECK(marks > 100);
}

TEST_CASE("killed at each step of a read, the bytes under the window are given up and no others") {
  const TempDir dir;
  struct Step {
    const char* name;
    std::size_t written;
    bool window;
    bool commit;
    std::uint64_t kept;
  };
  constexpr std::uint64_t kFull = 64 * KiB;
  constexpr Step kSteps[] = {
      {"before", 0, false, false, kFull},
      {"window given out", 0, true, false, kFull - 4 * KiB},
      {"half filled", 2 * KiB, true, false, kFull - 4 * KiB},
      {"filled", 4 * KiB, true, false, kFull - 4 * KiB},
      {"a part committed", 1000, true, true, kFull},
      {"all committed", 4 * KiB, true, true, kFull},
  };
  for (const Step& step : kSteps) {
    CAPTURE(step.name);
    const std::string path = dir / step.name;
    {
      Ring ring = quiet_ring(path);
      append(ring, pattern(0, 100'000));
    }
    wait_for_its_death(start([&] {
      Result<Ring::Opened> opened = Ring::open(path, Ring::kSmallest);
      if (!opened) return;
      if (step.window) read_pattern(opened->ring, step.written);
      if (step.commit) opened->ring.commit(step.written, at(0));
      ::kill(::getpid(), SIGKILL);
    }));
    Ring ring = quiet_ring(path);
    CHECK(ring.head() == 100'000 + (step.commit ? step.written : 0));
    CHECK(ring.head() - ring.tail() == step.kept);
    CHECK(holds_pattern(ring));
    // What was given up does not come back when a smaller read lowers `reserved` again.
    put(ring, pattern(ring.head(), 1));
    CHECK(ring.tail() >= 100'001 + (step.commit ? step.written : 0) - kFull);
    CHECK(holds_pattern(ring));
  }
}

TEST_CASE("a process killed while it made a ring leaves nothing in the way") {
  const TempDir dir;
  for (const char* name : {"a.ring.new", "a.times.new"}) {
    const UniqueFd half(::open((dir / name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    REQUIRE(::write(half.get(), "half", 4) == 4);
  }
  Ring ring = quiet_ring(dir / "a.ring");
  put(ring, "x");
  CHECK(all_of(ring) == "x");
  CHECK_FALSE(std::filesystem::exists(dir / "a.ring.new"));
  CHECK_FALSE(std::filesystem::exists(dir / "a.times.new"));
}

TEST_CASE("after a power cut the history is kept, marked as unverified, and no offset comes again") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  {
    Ring ring = quiet_ring(path);
    ring.begin_recording(at(1));
    put(ring, pattern(0, 1000), at(2));
    ring.add_mark(MarkKind::leftover, at(3), at(3), 4);
  }
  cut_power(path);
  std::uint64_t head = 0;
  {
    auto [ring, remark] = remarked_ring(path);
    CHECK(contains(remark, "a.ring comes from before a power cut: its 1000 bytes are kept, marked as unverified"));
    head = ring.head();
    CHECK(head == kPowerCutStep + 1000);
    CHECK(ring.tail() == kPowerCutStep);
    CHECK(all_of(ring) == pattern(0, 1000));
    const std::vector<NumberedMark> marks = marks_of(ring);
    REQUIRE(marks.size() == 2);
    CHECK(marks[0].mark.kind == MarkKind::leftover);
    CHECK(marks[0].mark.offset == head);
    CHECK(marks[1].mark.kind == MarkKind::unverified);
    CHECK(marks[1].mark.offset == head);
    CHECK(marks[1].mark.from == at(2));
    CHECK(ring.times().time_at(head) == at(2));
    CHECK(ring.times().offset_at(at(0)) == kPowerCutStep);
    put(ring, "x");
    CHECK(text_of(ring, head, head + 1) == "x");
  }
  const Ring ring = quiet_ring(path);
  CHECK(ring.head() == head + 1);
  CHECK(marks_of(ring).size() == 2);
}

TEST_CASE("a power cut while a power cut is mended makes one mark") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  { const Ring made = begun_ring(path); }
  for (std::uint64_t cut = 1; cut <= 2; ++cut) {
    cut_power(path);
    const Ring ring = remarked_ring(path).first;
    CHECK(ring.head() == cut * kPowerCutStep);
    CHECK(marks_of(ring).size() == 1);
  }
}

TEST_CASE("marks that a power cut tore are forgotten, the history is not") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  {
    Ring ring = quiet_ring(path);
    put(ring, "abc");
    ring.add_mark(MarkKind::leftover, at(3), at(3), 4);
  }
  cut_power(path);
  edit_header(path, [](RingHeader& header) { header.marks[0].offset = 4; });
  const Ring ring = remarked_ring(path).first;
  CHECK(all_of(ring) == "abc");
  REQUIRE(marks_of(ring).size() == 1);
  CHECK(marks_of(ring)[0].mark.kind == MarkKind::unverified);
  CHECK(marks_of(ring)[0].number == 2);
}

TEST_CASE("a history that was closed is whole after a reboot") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  {
    Ring ring = quiet_ring(path);
    put(ring, "abc");
    ring.close_cleanly(at(1));
  }
  cut_power(path);
  {
    const Ring ring = quiet_ring(path);
    CHECK(ring.head() == 3);
    CHECK(marks_of(ring).empty());
  }
  // Opened and not closed: this boot's, and no longer clean.
  CHECK(header_of(path).clean == 0);
  cut_power(path);
  CHECK(remarked_ring(path).first.head() == kPowerCutStep + 3);
}
