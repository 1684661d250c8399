// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "charmux/base/unique_fd.hpp"
#include "charmux/history/cursor.hpp"
#include "charmux/history/ring.hpp"
#include "history/ring_header.hpp"

namespace charmux::history::kit {

/// A directory of one's own, removed with all that is in it.
class TempDir {
 public:
  TempDir() : path_((std::filesystem::temp_directory_path() / "charmux-history-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
    REQUIRE_FALSE(path_.empty());
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  TempDir(TempDir&&) = delete;
  TempDir& operator=(TempDir&&) = delete;
  [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A time of day that depends on nothing.
inline WallTime at(double seconds) {
  return WallTime(
      std::chrono::duration_cast<WallTime::duration>(std::chrono::duration<double>(1'700'000'000.0 + seconds)));
}

/// A ring that opens with nothing to remark.
inline Ring quiet_ring(const std::string& path, std::uint64_t size = Ring::kSmallest) {
  Result<Ring::Opened> opened = Ring::open(path, size);
  REQUIRE_MESSAGE(opened.has_value(), opened.error().text);
  REQUIRE_MESSAGE(opened->remarks.empty(), opened->remarks.front());
  return std::move(opened->ring);
}

/// One that has its file, though no byte.
inline Ring begun_ring(const std::string& path, std::uint64_t size = Ring::kSmallest) {
  Ring ring = quiet_ring(path, size);
  const Result<std::vector<std::string>> remarks = ring.begin();
  REQUIRE_MESSAGE(remarks.has_value(), remarks.error().text);
  REQUIRE(remarks->empty());
  return ring;
}

/// A ring that opens with exactly one remark.
inline std::pair<Ring, std::string> remarked_ring(const std::string& path, std::uint64_t size = Ring::kSmallest) {
  Result<Ring::Opened> opened = Ring::open(path, size);
  REQUIRE_MESSAGE(opened.has_value(), opened.error().text);
  REQUIRE(opened->remarks.size() == 1);
  return {std::move(opened->ring), opened->remarks.front()};
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// One read of the backend.
inline void put(Ring& ring, std::string_view text, WallTime now = at(0)) {
  const BytesSpan window = ring.window();
  REQUIRE(text.size() <= window.size());
  std::memcpy(window.data(), text.data(), text.size());
  ring.commit(text.size(), now);
}

/// As many reads as it takes.
inline void append(Ring& ring, std::string_view text, WallTime now = at(0)) {
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, ring.size() / Ring::kWindows);
    put(ring, piece, now);
    text.remove_prefix(piece.size());
  }
}

inline std::string text_of(const Ring& ring, std::uint64_t from, std::uint64_t to) {
  return std::string(as_text(ring.view(from, to - from)));
}
inline std::string all_of(const Ring& ring) { return text_of(ring, ring.tail(), ring.head()); }

/// The byte that belongs at an offset; no two laps of any ring are alike.
inline char pattern(std::uint64_t offset) {
  std::uint64_t x = offset + 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return static_cast<char>(x >> 56);
}
inline std::string pattern(std::uint64_t from, std::uint64_t bytes) {
  std::string text(bytes, '\0');
  for (std::uint64_t i = 0; i < bytes; ++i) text[i] = pattern(from + i);
  return text;
}

/// Every byte the ring offers is the one that belongs there.
inline bool holds_pattern(const Ring& ring) { return all_of(ring) == pattern(ring.tail(), ring.head() - ring.tail()); }

/// Changes a closed ring's header.
template <class Change>
void edit_header(const std::string& path, Change change) {
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  RingHeader header{};
  REQUIRE(::pread(fd.get(), &header, sizeof header, 0) == sizeof header);
  change(header);
  REQUIRE(::pwrite(fd.get(), &header, sizeof header, 0) == sizeof header);
}
inline RingHeader header_of(const std::string& path) {
  RingHeader copy{};
  edit_header(path, [&](RingHeader& header) { copy = header; });
  return copy;
}

/// What the machine going down does to an open ring's file: it is found under another boot.
inline void cut_power(const std::string& path) {
  edit_header(path, [](RingHeader& header) { header.boot_id[0] ^= 1; });
}

/// All marks kept.
inline std::vector<NumberedMark> marks_of(const Ring& ring) {
  std::vector<NumberedMark> marks;
  for (auto next = ring.next_mark(0); next; next = ring.next_mark(next->number)) marks.push_back(*next);
  return marks;
}

/// A history of three bytes, of a process that was killed.
inline void make_ring(const std::string& path) {
  Ring ring = quiet_ring(path);
  put(ring, "old");
}

}  // namespace charmux::history::kit
