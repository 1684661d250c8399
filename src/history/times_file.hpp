// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "charmux/base/result.hpp"
#include "charmux/base/unique_fd.hpp"
#include "charmux/history/time_index.hpp"
#include "history/mapping.hpp"

namespace charmux::history {

/// Bytes from `offset` on, counted from the ring's base, were read at `wall` (wall_ns).
struct TimesEntry {
  std::uint64_t offset;
  std::int64_t wall;
};

/// The beginning of a time index's file. `capacity` entries follow; number i, counted from 0, lies in slot i %
/// capacity.
struct TimesHeader {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t unused;
  std::uint64_t identity;  // RingHeader's
  std::uint64_t capacity;
  std::uint64_t count;  // of entries ever written; stored after the entry
  std::array<std::uint64_t, 3> unused_too;

  /// The oldest entry's number. One slot less than there are: the next one may be half written.
  [[nodiscard]] std::uint64_t oldest() const { return count < capacity ? 0 : count - capacity + 1; }
};

inline constexpr std::array<char, 8> kTimesMagic = {'c', 'h', 'm', 'x', 't', 'i', 'm', 'e'};
inline constexpr std::uint32_t kTimesVersion = 1;

static_assert(std::is_standard_layout_v<TimesHeader> && std::is_trivially_copyable_v<TimesHeader>);
static_assert(sizeof(TimesEntry) == 16 && sizeof(TimesHeader) == 64);

/// A time index's file, mapped; or memory that looks the same.
struct TimesFile {
  UniqueFd fd;
  Mapping mapping;
  std::uint64_t count;                 ///< the header's
  std::optional<std::int64_t> newest;  ///< the last entry's `wall`

  [[nodiscard]] TimesHeader& header() const { return *reinterpret_cast<TimesHeader*>(mapping.data()); }
  [[nodiscard]] TimesEntry& entry(std::uint64_t number) const {
    auto* const entries = reinterpret_cast<TimesEntry*>(mapping.data() + sizeof(TimesHeader));
    return entries[number % header().capacity];
  }
};

/// The file at `path` as TimeIndex::open() promises it.
[[nodiscard]] Result<TimesFile> open_times_file(const std::string& path, const TimeIndex::Place& place,
                                                std::vector<std::string>& remarks);

}  // namespace charmux::history
