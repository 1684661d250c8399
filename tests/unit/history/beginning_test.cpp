// SPDX-License-Identifier: Apache-2.0
// A history begins with its console's first byte: before it there is no file, and much can happen until it comes.
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <fstream>

#include "support/no_room_anywhere.hpp"
#include "unit/history/history_kit.hpp"

using namespace charmux;
using namespace charmux::history;
using namespace charmux::history::kit;

namespace {

/// What this process has of that file in its memory, as the kernel counts it.
std::uint64_t resident_kib(const std::string& path) {
  std::ifstream smaps("/proc/self/smaps");
  std::uint64_t sum = 0;
  bool is_it = false;
  for (std::string line; std::getline(smaps, line);) {
    if (line.find('-') < line.find(' ')) is_it = contains(line, path);
    if (is_it && line.rfind("Rss:", 0) == 0) sum += std::stoull(line.substr(4));
  }
  return sum;
}

/// How many pages of that file the kernel has in memory.
std::ptrdiff_t cached_pages(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const std::size_t bytes = std::filesystem::file_size(path);
  void* const data = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd.get(), 0);
  REQUIRE(data != MAP_FAILED);
  std::vector<unsigned char> pages(bytes / page_size() + 1);
  REQUIRE(::mincore(data, bytes, pages.data()) == 0);
  ::munmap(data, bytes);
  return std::count_if(pages.begin(), pages.end(), [](unsigned char page) { return (page & 1) != 0; });
}

}  // namespace

TEST_CASE("reads that bring nothing, and an orderly end, make no file") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  ring.begin_recording(at(1));
  CHECK(ring.window().size() == 4 * KiB);
  ring.commit(0, at(2));
  CHECK(ring.view(0, 1).empty());
  CHECK_FALSE(ring.times().time_at(0).has_value());
  CHECK_FALSE(ring.times().offset_at(at(0)).has_value());
  ring.saver()();
  ring.close_cleanly(at(3));
  CHECK_FALSE(ring.begun());
  CHECK(std::filesystem::is_empty(dir.path()));
}

TEST_CASE("what was marked before the first byte is told then, and is in the file with it") {
  const TempDir dir;
  {
    Ring ring = quiet_ring(dir / "a.ring");
    ring.begin_recording(at(1));
    ring.end_recording(at(2));
    ring.begin_recording(at(3));
    Cursor reader(ring, 0, 0);
    CHECK(std::get<Mark>(reader.peek(10)).to == at(3));
    reader.pass_mark();
    put(ring, "first", at(4));
    CHECK(as_text(std::get<BytesView>(reader.peek(10))) == "first");
  }
  Ring ring = quiet_ring(dir / "a.ring");
  CHECK(all_of(ring) == "first");
  CHECK(ring.last_output() == at(4));
  CHECK(ring.times().time_at(0) == at(4));
  REQUIRE(marks_of(ring).size() == 1);
  CHECK(marks_of(ring)[0].mark.offset == 0);
  CHECK(marks_of(ring)[0].mark.from == at(2));
  ring.begin_recording(at(5));
  CHECK(marks_of(ring).back().mark.from == at(4));
  CHECK(header_of(dir / "a.ring").generation == 2);
}

TEST_CASE("what came while nobody read a silent console is one gap, through all the lives that heard nothing") {
  const TempDir dir;
  {
    Ring ring = quiet_ring(dir / "a.ring");
    CHECK_FALSE(ring.missing_since().has_value());
    ring.begin_recording(at(1));
    CHECK(marks_of(ring).empty());
    CHECK(ring.missing_since() == at(1));
    ring.end_recording(at(2));
    CHECK(ring.missing_since() == at(2));
  }
  {
    Ring ring = quiet_ring(dir / "a.ring");
    ring.was_missing_since(at(2));
    CHECK(ring.missing_since() == at(2));
    ring.begin_recording(at(3));
    CHECK(ring.missing_since() == at(2));
    ring.close_cleanly(at(4));
    CHECK(ring.missing_since() == at(2));
    CHECK(std::filesystem::is_empty(dir.path()));
  }
  {
    Ring ring = quiet_ring(dir / "a.ring");
    ring.was_missing_since(at(2));
    ring.begin_recording(at(5));
    put(ring, "first", at(6));
  }
  const Ring ring = quiet_ring(dir / "a.ring");
  REQUIRE(marks_of(ring).size() == 1);
  CHECK(marks_of(ring)[0].mark.kind == MarkKind::not_recorded);
  CHECK(marks_of(ring)[0].mark.offset == 0);
  CHECK(marks_of(ring)[0].mark.from == at(2));
  CHECK(marks_of(ring)[0].mark.to == at(5));
}

TEST_CASE("a file knows better since when output is missing than who remembers it") {
  const TempDir dir;
  {
    Ring ring = quiet_ring(dir / "a.ring");
    ring.begin_recording(at(1));
    put(ring, "first", at(2));
    CHECK(ring.missing_since() == at(2));
    ring.end_recording(at(3));
  }
  Ring ring = quiet_ring(dir / "a.ring");
  ring.was_missing_since(at(1));
  CHECK(ring.missing_since() == at(3));
  ring.begin_recording(at(4));
  CHECK(marks_of(ring).back().mark.from == at(3));
}

TEST_CASE("a first read as long as a window is kept whole") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  put(ring, pattern(0, 4 * KiB));
  append(ring, pattern(4 * KiB, 200 * KiB));
  CHECK(holds_pattern(ring));
  CHECK(holds_pattern(quiet_ring(dir / "a.ring")));
}

TEST_CASE("a folder that is missing is trouble when the first byte comes, and not before") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "missing/a.ring");
  const Result<std::vector<std::string>> remarks = ring.begin();
  REQUIRE(remarks.has_value());
  REQUIRE(remarks->size() == 1);
  CHECK(contains(remarks->front(), "history not kept: No such file or directory: "));
  CHECK(contains(remarks->front(), "a.ring is kept in memory only; create its directory and start again"));
  CHECK(ring.not_kept() == "No such file or directory");
  append(ring, pattern(0, 100'000));
  CHECK(holds_pattern(ring));
  ring.saver()();
  ring.close_cleanly(at(0));
}

TEST_CASE("what came to its place before the first byte is renamed, or left alone, and never written over") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  Ring other = quiet_ring(dir / "b.ring");
  make_ring(dir / "a.ring");
  std::filesystem::create_directory(dir / "b.ring");
  const Result<std::vector<std::string>> remarks = ring.begin();
  REQUIRE(remarks.has_value());
  REQUIRE(remarks->size() == 1);
  CHECK(contains(remarks->front(), "a.ring came there while charmuxd ran; it was renamed to "));
  put(ring, "new");
  CHECK(all_of(quiet_ring(dir / "a.ring")) == "new");
  std::filesystem::rename(dir / "a.ring.set-aside", dir / "c.ring");
  CHECK(all_of(quiet_ring(dir / "c.ring")) == "old");
  put(other, "x");
  CHECK(other.not_kept() == "it is not a regular file");
  CHECK(std::filesystem::is_directory(dir / "b.ring"));
}

TEST_CASE("a ring that was renamed before its first byte has the file of its new name") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  ring.renamed_to(dir / "b.ring");
  put(ring, "x");
  CHECK(std::filesystem::exists(dir / "b.ring"));
  CHECK(std::filesystem::exists(dir / "b.times"));
  CHECK_FALSE(std::filesystem::exists(dir / "a.ring"));
}

TEST_CASE("without memory for it no byte is taken, and when there is some the ring begins") {
  const TempDir dir;
  Ring ring = quiet_ring(dir / "a.ring");
  {
    const test::NoRoomAnywhere full;
    const BytesSpan window = ring.window();
    window[0] = std::byte{'x'};
    const Result<std::vector<std::string>> remarks = ring.begin();
    REQUIRE_FALSE(remarks.has_value());
    CHECK(contains(remarks.error().text, " bytes of memory for a history: "));
    ring.commit(1, at(1));
    CHECK(ring.head() == 0);
    CHECK_FALSE(ring.begun());
    CHECK_FALSE(ring.last_output().has_value());
  }
  CHECK(std::filesystem::is_empty(dir.path()));
  put(ring, "y");
  CHECK(all_of(ring) == "y");
  CHECK(ring.not_kept().empty());
}

TEST_CASE("a ring may end while it is being put on the disk") {
  const TempDir dir;
  std::function<void()> save;
  {
    Ring ring = begun_ring(dir / "a.ring");
    put(ring, "x");
    save = ring.saver();
  }
  save();
  CHECK(all_of(quiet_ring(dir / "a.ring")) == "x");
}

TEST_CASE("a history of which little was written has little in memory, also when it is opened again") {
  const TempDir dir;
  const std::string path = dir / "a.ring";
  struct statfs about {};
  constexpr auto kTmpfs = 0x01021994;  // all of a file there is in memory
  REQUIRE(::statfs(dir.path().c_str(), &about) == 0);
  for (int round = 0; round < 2; ++round) {
    CAPTURE(round);
    Ring ring = quiet_ring(path, 1 * MiB);
    put(ring, pattern(ring.head(), 3000), at(round));
    if (about.f_type != kTmpfs) CHECK(cached_pages(path) <= 4);
    CHECK(resident_kib(path) <= 4 * page_size() / KiB);
    CHECK(resident_kib(dir / "a.times") == page_size() / KiB);
  }
}

TEST_CASE("a history in memory leaves nothing on the disk, and nothing is said about that") {
  const TempDir dir;
  std::filesystem::current_path(dir.path());
  Result<Ring> ring = Ring::in_memory(64 * KiB);
  REQUIRE(ring);
  ring->begin_recording(at(1));
  const BytesSpan window = ring->window();
  const Result<std::vector<std::string>> remarks = ring->begin();
  REQUIRE(remarks);
  CHECK(remarks->empty());
  std::memcpy(window.data(), "hello", 5);
  ring->commit(5, at(2));
  CHECK(as_text(ring->view(0, 99)) == "hello");
  CHECK(ring->times().time_at(0) == at(2));
  CHECK(ring->not_kept().empty());
  ring->saver()();
  ring->close_cleanly(at(3));
  CHECK(std::filesystem::is_empty(dir.path()));
  CHECK_FALSE(Ring::in_memory(65'000));
}
