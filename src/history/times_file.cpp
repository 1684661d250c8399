// SPDX-License-Identifier: Apache-2.0
#include "history/times_file.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "history/disk_file.hpp"

namespace charmux::history {
namespace {

using Entries = std::vector<TimesEntry>;

constexpr std::uint64_t capacity_of(std::uint64_t file_bytes) {
  return (file_bytes - sizeof(TimesHeader)) / sizeof(TimesEntry);
}

/// The entries of the index in a file, oldest first, and its header; nothing when it is no sound index.
struct Loaded {
  TimesHeader header{};
  Entries entries;
};

std::optional<Loaded> load(int fd) {
  Loaded loaded;
  TimesHeader& header = loaded.header;
  struct stat about {};
  if (::fstat(fd, &about) != 0 || !read_at(fd, 0, &header, sizeof header)) return std::nullopt;
  const auto bytes = static_cast<std::uint64_t>(about.st_size);
  if (header.magic != kTimesMagic || header.version != kTimesVersion || bytes > TimeIndex::kMostBytes ||
      header.capacity == 0 || header.capacity != capacity_of(bytes))
    return std::nullopt;
  Entries slots(header.capacity);
  if (!read_at(fd, sizeof header, slots.data(), slots.size() * sizeof(TimesEntry))) return std::nullopt;
  for (std::uint64_t i = header.oldest(); i != header.count; ++i) loaded.entries.push_back(slots[i % header.capacity]);
  const auto out_of_order = [](const TimesEntry& a, const TimesEntry& b) { return a.offset >= b.offset; };
  if (std::adjacent_find(loaded.entries.begin(), loaded.entries.end(), out_of_order) != loaded.entries.end())
    return std::nullopt;
  return loaded;
}

Result<TimesFile> mapped(UniqueFd fd, std::uint64_t bytes) {
  Result<Mapping> mapping = Mapping::once(fd.get(), 0, bytes);
  if (!mapping) return tl::unexpected(std::move(mapping.error()));
  mapping->expect_neighbours(false);
  return TimesFile{std::move(fd), std::move(*mapping), 0, std::nullopt};
}

/// Makes a file of zeros an index with the newest of these entries.
void fill(const TimesFile& file, const TimeIndex::Place& place, const Entries& entries) {
  TimesHeader& header = file.header();
  header.magic = kTimesMagic;
  header.version = kTimesVersion;
  header.identity = place.identity;
  header.capacity = capacity_of(place.bytes);
  const std::size_t kept = std::min<std::size_t>(entries.size(), header.capacity);
  for (auto entry = entries.end() - static_cast<std::ptrdiff_t>(kept); entry != entries.end(); ++entry)
    file.entry(header.count++) = *entry;
}

/// With what note() needs to know of these entries, of which the newest is `newest` of `count`.
Result<TimesFile> knowing(Result<TimesFile> file, std::uint64_t count, const Entries& entries) {
  if (!file) return file;
  file->count = count;
  if (!entries.empty()) file->newest = entries.back().wall;
  return file;
}

/// A new file at `path` with these entries, or memory.
Result<TimesFile> make(const std::string& path, const TimeIndex::Place& place, const Entries& entries,
                       std::vector<std::string>& remarks) {
  OnDisk<UniqueFd> on_disk = tl::unexpected(DiskTrouble{});
  if (!place.in_memory) on_disk = create_beside(path, place.bytes);
  Result<UniqueFd> fd = on_disk ? std::move(*on_disk) : create_in_memory(place.bytes);
  if (!fd) return tl::unexpected(std::move(fd.error()));
  Result<TimesFile> file = mapped(std::move(*fd), place.bytes);
  if (!file) return file;
  fill(*file, place, entries);
  if (on_disk) {
    // One without entries is worth as much as none.
    const OnDisk<void> placed = entries.empty() ? put_in_place(path) : put_in_place_of_another(file->fd.get(), path);
    if (!placed) on_disk = tl::unexpected(placed.error());
  }
  if (!on_disk && !place.in_memory)
    remarks.push_back(fmt::format("time index {} is kept in memory only: {}; {} and start again", path,
                                  on_disk.error().reason, on_disk.error().remedy));
  const std::uint64_t count = file->header().count;
  return knowing(std::move(file), count, entries);
}

}  // namespace

Result<TimesFile> open_times_file(const std::string& path, const TimeIndex::Place& place,
                                  std::vector<std::string>& remarks) {
  if (place.in_memory) return make(path, place, {}, remarks);
  OnDisk<UniqueFd> fd = open_existing(path);
  if (!fd || !*fd) return make(path, place, {}, remarks);
  std::optional<Loaded> loaded = load(fd->get());
  if (!loaded) {
    remarks.push_back(
        fmt::format("time index {} was broken and begins anew: when older output came is not known", path));
    return make(path, place, {}, remarks);
  }
  // A ring of this name that is no more: its offsets mean nothing here.
  if (loaded->header.identity != place.identity) return make(path, place, {}, remarks);
  Entries& entries = loaded->entries;
  const std::size_t all = entries.size();
  while (!entries.empty() && entries.back().offset >= place.head) entries.pop_back();
  const bool fits = entries.size() == all && loaded->header.capacity == capacity_of(place.bytes);
  if (!fits || !allocate(fd->get(), place.bytes)) return make(path, place, entries, remarks);
  return knowing(mapped(std::move(*fd), place.bytes), loaded->header.count, entries);
}

}  // namespace charmux::history
