// SPDX-License-Identifier: Apache-2.0
// What stands under the name of a history and is none, or is one no more.
#include "unit/history/history_kit.hpp"

using namespace charmux;
using namespace charmux::history;
using namespace charmux::history::kit;

namespace {

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
