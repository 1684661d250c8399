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
  const TimesFile& file = state_->file;
  // One by one: the wall clock may have been put back, so these are in no order.
  for (std::uint64_t i = file.header().oldest(); i < file.header().count; ++i)
    if (wall_time(file.entry(i).wall) >= time) return state_->base + file.entry(i).offset;
  return std::nullopt;
}

void TimeIndex::note(std::uint64_t offset, WallTime now) {
  TimesHeader& header = state_->file.header();
  const std::uint64_t count = header.count;
  if (count > 0) {
    const auto since = now - wall_time(state_->file.entry(count - 1).wall);
    if (since >= since.zero() && since < kApart) return;
  }
  TimesEntry& entry = state_->file.entry(count);
  publish(entry.offset, offset - state_->base);
  publish(entry.wall, wall_ns(now));
  publish(header.count, count + 1);
}

void TimeIndex::sync() const { ::fdatasync(state_->file.fd.get()); }

}  // namespace charmux::history
