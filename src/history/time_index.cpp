// SPDX-License-Identifier: Apache-2.0
#include "charmux/history/time_index.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "history/stored.hpp"
#include "history/times_file.hpp"

namespace charmux::history {
namespace {

constexpr std::chrono::milliseconds kApart{100};  // at most 10 entries a second

}  // namespace

struct TimeIndex::State {
  TimesFile file;
  std::uint64_t base;
};

TimeIndex::TimeIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
TimeIndex::TimeIndex(TimeIndex&& other) noexcept = default;
TimeIndex& TimeIndex::operator=(TimeIndex&& other) noexcept = default;
TimeIndex::~TimeIndex() = default;

TimeIndex::TimeIndex() = default;

Result<TimeIndex> TimeIndex::open(const std::string& path, const Place& place, std::vector<std::string>& remarks) {
  Result<TimesFile> file = open_times_file(path, place, remarks);
  if (!file) return tl::unexpected(std::move(file.error()));
  return TimeIndex(std::make_unique<State>(State{std::move(*file), place.base}));
}

std::string TimeIndex::path_beside(const std::string& ring_path) {
  constexpr std::string_view kRing = ".ring";
  std::string_view stem = ring_path;
  if (stem.size() > kRing.size() && stem.substr(stem.size() - kRing.size()) == kRing) stem.remove_suffix(kRing.size());
  return std::string(stem) + ".times";
}

std::uint64_t TimeIndex::bytes_for(std::uint64_t ring_size) {
  return std::clamp(ring_size / 32, kLeastBytes, kMostBytes);
}

std::optional<WallTime> TimeIndex::time_at(std::uint64_t offset) const {
  if (!state_) return std::nullopt;
  const TimesFile& file = state_->file;
  std::uint64_t low = file.header().oldest();  // entries before `low` begin at or before the offset
  std::uint64_t high = file.header().count;    // entries from `high` on begin after it
  const std::uint64_t oldest = low;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (state_->base + file.entry(middle).offset <= offset)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == oldest) return std::nullopt;
  return wall_time(file.entry(low - 1).wall);
}

std::optional<std::uint64_t> TimeIndex::offset_at(WallTime time) const {
  if (!state_) return std::nullopt;
  const TimesFile& file = state_->file;
  // One by one: the wall clock may have been put back, so these are in no order.
  for (std::uint64_t i = file.header().oldest(); i < file.header().count; ++i)
    if (wall_time(file.entry(i).wall) >= time) return state_->base + file.entry(i).offset;
  return std::nullopt;
}

void TimeIndex::note(std::uint64_t offset, WallTime now) {
  TimesFile& file = state_->file;
  if (file.newest) {
    const auto since = now - wall_time(*file.newest);
    if (since >= since.zero() && since < kApart) return;
  }
  // Pages are written before they are read: a read would map all that the kernel has of the file, in each console.
  publish(file.header().count, file.count);
  TimesEntry& entry = file.entry(file.count);
  publish(entry.offset, offset - state_->base);
  publish(entry.wall, wall_ns(now));
  publish(file.header().count, ++file.count);
  file.newest = wall_ns(now);
}

void TimeIndex::sync() const {
  if (state_) ::fdatasync(state_->file.fd.get());
}

}  // namespace charmux::history
