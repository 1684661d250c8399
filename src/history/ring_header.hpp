// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include "charmux/base/units.hpp"

namespace charmux::history {

/// A mark as the file holds it; a slot whose number is 0 holds none.
struct StoredMark {
  std::uint64_t number;
  std::uint64_t offset;  // counted from RingHeader::base
  std::uint32_t kind;
  std::uint32_t unused;
  std::int64_t from;  // wall_ns
  std::int64_t to;
  std::uint64_t bytes;
};

/// The kernel's boot id: what was in memory when the process died is still there while it is the same. All zero:
/// unknown, equal to none.
using BootId = std::array<std::uint64_t, 2>;

/// The first page of a ring's file. The data follows at `data_offset`; the byte at offset o lies at o % size.
///
/// Every offset in the file is counted from `base`, a multiple of 2^40 and so of any size: moving the whole history
/// forward is a single store.
struct RingHeader {
  // Written once.
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t data_offset;  // the page size where it was made
  std::uint64_t size;
  std::uint64_t identity;  // random; the time index bears it too
  // Written when it is opened.
  std::uint64_t generation;  // how many times that was
  BootId boot_id;
  std::uint64_t base;
  // Written as it runs.
  std::uint64_t head;           // offset of the next byte
  std::uint64_t reserved;       // end of the window that was given out: what a read may overwrite ends here
  std::uint64_t first;          // what lies before it was never kept, or was overwritten by a read that never ended
  std::int64_t recorded_until;  // wall_ns; when the source was last known to be read, 0: never
  std::int64_t last_output;     // wall_ns of the newest byte, 0: none
  std::uint64_t last_mark;      // the newest mark's number
  std::uint32_t clean;          // 1: closed, and all of it on the disk
  std::uint32_t recording;      // 1: the source is being read
  std::array<std::uint64_t, 113> unused;
  std::array<StoredMark, 64> marks;  // number n in slot (n - 1) % 64
};

inline constexpr std::array<char, 8> kRingMagic = {'c', 'h', 'm', 'x', 'r', 'i', 'n', 'g'};
inline constexpr std::uint32_t kRingVersion = 1;
/// How far a power cut moves the history: more than was ever printed between two writes of the header to the disk, so
/// that no offset given out before is given out again.
inline constexpr std::uint64_t kPowerCutStep = std::uint64_t{1} << 40;
/// No offset of a sound file lies beyond: at 10 GB/s that takes 40 years.
inline constexpr std::uint64_t kLastOffset = 3 * (std::uint64_t{1} << 62);

static_assert(std::is_standard_layout_v<RingHeader> && std::is_trivially_copyable_v<RingHeader>);
static_assert(sizeof(StoredMark) == 48 && sizeof(RingHeader) == 4096);
static_assert(offsetof(RingHeader, head) == 64, "what changes together lies in one cache line and disk sector");
static_assert(offsetof(RingHeader, marks) == 1024);
static_assert(kPowerCutStep % GiB == 0);

/// Of a ring: a power of two from Ring::kSmallest to Ring::kLargest.
[[nodiscard]] bool valid_ring_size(std::uint64_t size);
/// The oldest trusted offset, counted from base.
[[nodiscard]] std::uint64_t stored_tail(const RingHeader& header);

/// The header of a new ring of this machine and boot.
[[nodiscard]] RingHeader new_ring_header(std::uint64_t size);
/// What is wrong with a header (its marks aside) in a file of `file_bytes`: "is ...", "has ..."; or empty.
[[nodiscard]] std::string ring_header_problem(const RingHeader& header, std::uint64_t file_bytes);

/// This boot's id.
[[nodiscard]] BootId this_boot();
/// The machine went down with this history open, so its file is whatever part of it had reached the disk.
[[nodiscard]] bool power_was_cut(const RingHeader& header, const BootId& boot);

[[nodiscard]] std::uint32_t page_size();

}  // namespace charmux::history
