// SPDX-License-Identifier: Apache-2.0
#include "history/ring_file.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "charmux/base/units.hpp"
#include "history/disk_file.hpp"
#include "history/marks.hpp"

namespace charmux::history {
namespace {

/// What stood at the path: nothing (no fd), a file with something wrong, or a sound one.
struct Found {
  UniqueFd fd;
  RingHeader header{};
  std::string problem;
};

std::string kept_in_memory(const std::string& path, const DiskTrouble& why) {
  return fmt::format("history not kept: {}: {} is kept in memory only; {} and start again", why.reason, path,
                     why.remedy);
}

OnDisk<Found> look_at(const std::string& path) {
  OnDisk<UniqueFd> fd = open_existing(path);
  if (!fd) return tl::unexpected(std::move(fd.error()));
  Found found{std::move(*fd), {}, {}};
  if (!found.fd) return found;
  struct stat about {};
  if (::fstat(found.fd.get(), &about) != 0) return tl::unexpected(disk_trouble(errno));
  if (!read_at(found.fd.get(), 0, &found.header, sizeof found.header)) {
    found.problem = "is shorter than a history's header, or unreadable";
    return found;
  }
  found.problem = ring_header_problem(found.header, static_cast<std::uint64_t>(about.st_size));
  // After a power cut a part of the page may be newer than the rest: the history is worth more than its marks.
  const bool torn = power_was_cut(found.header, this_boot());
  if (found.problem.empty() && !torn && !marks_are_sound(found.header)) found.problem = "has marks that do not fit it";
  return found;
}

Result<RingFile> mapped(UniqueFd fd, std::uint64_t size, std::string not_kept) {
  const std::uint32_t page = page_size();
  Result<Mapping> header = Mapping::once(fd.get(), 0, page);
  if (!header) return tl::unexpected(std::move(header.error()));
  Result<Mapping> data = Mapping::twice(fd.get(), page, size);
  if (!data) return tl::unexpected(std::move(data.error()));
  header->expect_neighbours(false);
  return RingFile{std::move(fd), std::move(*header), std::move(*data), std::move(not_kept)};
}

/// Copies what `old` holds of trusted bytes, offsets and marks into a new file. Every byte moves to the place that its
/// offset has in a ring of this size. Boot id and flags stay, so that the copy is recovered as the original would be.
/// False when bytes could not be read: then the offsets go on without them.
bool carry_over(const Found& old, RingFile& file) {
  RingHeader header = old.header;
  header.size = file.header().size;
  header.data_offset = file.header().data_offset;
  const std::uint64_t end = header.head;
  header.first = std::max(stored_tail(old.header), end > header.size ? end - header.size : 0);
  header.reserved = end;
  for (std::uint64_t at = header.first; at < end;) {
    const std::uint64_t place = at % old.header.size;
    const std::uint64_t piece = std::min(end - at, old.header.size - place);
    // Contiguous in the new ring too, as it is mapped twice.
    if (!read_at(old.fd.get(), old.header.data_offset + place, file.data() + at % header.size, piece)) {
      header.first = end;
      break;
    }
    at += piece;
  }
  file.header() = header;
  return header.first < end || stored_tail(old.header) == end;
}

std::string set_aside_remark(const std::string& path, std::string_view problem, const std::string& name) {
  return fmt::format("history {} {}; it was renamed to {} and a new history begins; delete that when nobody needs it",
                     path, problem, name);
}

/// carry_over(), and what is to be said of it. A file that cannot be read is put out of the new one's way.
void carry_over_or_set_aside(const Found& old, RingFile& file, const std::string& path,
                             std::vector<std::string>& remarks) {
  if (!carry_over(old, file)) {
    const OnDisk<std::string> name = set_aside(path);
    if (name) remarks.push_back(set_aside_remark(path, "cannot be read", *name));
    return;
  }
  const RingHeader& now = file.header();
  if (old.header.size == now.size) return;
  remarks.push_back(fmt::format("history {} was carried over from {} to {}: its newest {} bytes are kept", path,
                                format_size(old.header.size), format_size(now.size), now.head - now.first));
}

/// A new file at `path`, or memory, with this header and the history of `old`, or none.
Result<RingFile> make(const std::string& path, const RingHeader& header, const Found* old,
                      std::vector<std::string>& remarks) {
  const std::uint64_t bytes = page_size() + header.size;
  OnDisk<UniqueFd> on_disk = create_beside(path, bytes);
  Result<UniqueFd> fd = on_disk ? std::move(*on_disk) : create_in_memory(bytes);
  if (!fd) return tl::unexpected(std::move(fd.error()));
  Result<RingFile> file = mapped(std::move(*fd), header.size, on_disk ? "" : on_disk.error().reason);
  if (!file) return file;
  file->header() = header;
  if (old != nullptr) carry_over_or_set_aside(*old, *file, path, remarks);
  if (on_disk) {
    const OnDisk<void> placed = old == nullptr ? put_in_place(path) : put_in_place_of_another(file->fd.get(), path);
    if (placed) return file;
    on_disk = tl::unexpected(placed.error());
    file->not_kept = placed.error().reason;
  }
  remarks.push_back(kept_in_memory(path, on_disk.error()));
  return file;
}

/// Memory that looks like a file with this header and no data.
Result<RingFile> memory_with(const RingHeader& header, std::string not_kept) {
  Result<UniqueFd> fd = create_in_memory(page_size() + header.size);
  if (!fd) return tl::unexpected(std::move(fd.error()));
  Result<RingFile> file = mapped(std::move(*fd), header.size, std::move(not_kept));
  if (file) file->header() = header;
  return file;
}

/// Memory, because of what stands at `path`.
Result<RingFile> make_in_memory(const std::string& path, const RingHeader& header, const DiskTrouble& why,
                                std::vector<std::string>& remarks) {
  Result<RingFile> file = memory_with(header, why.reason);
  if (file) remarks.push_back(kept_in_memory(path, why));
  return file;
}

}  // namespace

Result<std::optional<RingFile>> open_ring_file(const std::string& path, std::uint64_t size,
                                               std::vector<std::string>& remarks) {
  OnDisk<Found> found = look_at(path);
  if (!found) return make_in_memory(path, new_ring_header(size), found.error(), remarks);
  if (!found->fd) return std::nullopt;
  if (!found->problem.empty()) {
    const OnDisk<std::string> name = set_aside(path);
    if (!name) return make_in_memory(path, new_ring_header(size), name.error(), remarks);
    remarks.push_back(set_aside_remark(path, found->problem, *name));
    return std::nullopt;
  }
  const bool fits = found->header.size == size && found->header.data_offset == page_size();
  // A copy made by a backup may have holes, and a hole is SIGBUS on a full disk.
  if (!fits || !allocate(found->fd.get(), page_size() + size))
    return make(path, new_ring_header(size), &*found, remarks);
  return mapped(std::move(found->fd), size, "");
}

Result<RingFile> ring_without_file(std::uint64_t size) {
  Result<Mapping> header = Mapping::of_memory(page_size());
  if (!header) return tl::unexpected(std::move(header.error()));
  RingFile file{UniqueFd(), std::move(*header), Mapping(), {}};
  file.header() = new_ring_header(size);
  file.header().generation = 1;
  return file;
}

Result<RingFile> make_ring_file(const std::string& path, const RingHeader& header, std::vector<std::string>& remarks) {
  if (path.empty()) return memory_with(header, {});
  const OnDisk<UniqueFd> there = open_existing(path);
  if (!there) return make_in_memory(path, header, there.error(), remarks);
  if (*there) {
    const OnDisk<std::string> name = set_aside(path);
    if (!name) return make_in_memory(path, header, name.error(), remarks);
    remarks.push_back(set_aside_remark(path, "came there while charmuxd ran", *name));
  }
  return make(path, header, nullptr, remarks);
}

}  // namespace charmux::history
