// SPDX-License-Identifier: Apache-2.0
#include "charmux/history/ring.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "history/marks.hpp"
#include "history/ring_file.hpp"
#include "history/stored.hpp"

namespace charmux::history {

struct Ring::State {
  std::string path;  ///< empty: in memory on purpose
  RingFile file;
  TimeIndex times;
  std::unique_ptr<std::byte[]> first_window;  ///< what is read before the file is there

  [[nodiscard]] RingHeader& header() const { return file.header(); }
};

namespace {

/// Makes a file that was just mapped this process's own. Each step may be the last one of a process, and the next
/// process then begins again; so the boot id, which says that nothing needs mending, is stored after all that is
/// mended, and the clean flag, which says the same, is lowered last.
void take_over(const RingFile& file, const std::string& path, std::vector<std::string>& remarks) {
  RingHeader& header = file.header();
  const BootId boot = this_boot();
  const bool was_settled = header.clean == 0 && header.boot_id == boot;
  // What a read that never ended may have overwritten is gone for good, so that `reserved` may come down.
  publish(header.first, stored_tail(header));
  publish(header.reserved, header.head);
  if (power_was_cut(header, boot)) {
    if (!marks_are_sound(header)) forget_all_marks(header);
    remarks.push_back(
        fmt::format("history {} comes from before a power cut: its {} bytes are kept, marked as unverified", path,
                    header.head - header.first));
    const WallTime now = std::chrono::system_clock::now();
    const WallTime until = header.recorded_until == 0 ? now : wall_time(header.recorded_until);
    if (!mark_at(header, MarkKind::unverified, header.base + header.head))
      store_mark(header, {header.base + header.head, MarkKind::unverified, std::min(until, now), now, 0});
    publish(header.base, header.base + kPowerCutStep);
  }
  publish(header.recording, 0);
  publish(header.generation, header.generation + 1);
  for (std::size_t half = 0; half < boot.size(); ++half) publish(header.boot_id[half], boot[half]);
  publish(header.clean, 0);
  // Before the first byte is overwritten the disk must know that this history is open.
  if (!was_settled && file.not_kept.empty()) ::fdatasync(file.fd.get());
}

/// The time index beside a ring's file.
Result<TimeIndex> index_beside(const std::string& path, const RingFile& file, std::vector<std::string>& remarks) {
  const RingHeader& header = file.header();
  const TimeIndex::Place place{header.identity, header.base, header.head, TimeIndex::bytes_for(header.size),
                               path.empty() || !file.not_kept.empty()};
  return TimeIndex::open(TimeIndex::path_beside(path), place, remarks);
}

tl::unexpected<Error> no_such_size(std::uint64_t size) {
  return failure("a history of {} bytes cannot be: its size is a power of two from {} to {}", size,
                 format_size(Ring::kSmallest), format_size(Ring::kLargest));
}

/// While the first lap lasts most of the data was never written: nothing of it is worth being brought in.
void expect_first_lap(const RingFile& file) {
  if (file.header().head < file.header().size) file.mirror.expect_neighbours(false);
}

}  // namespace

Ring::Ring(std::shared_ptr<State> state) : state_(std::move(state)) {}
Ring::Ring(Ring&& other) noexcept = default;
Ring& Ring::operator=(Ring&& other) noexcept = default;
Ring::~Ring() = default;

Result<Ring::Opened> Ring::open(const std::string& path, std::uint64_t size) {
  if (!valid_ring_size(size)) return no_such_size(size);
  std::vector<std::string> remarks;
  Result<std::optional<RingFile>> found = open_ring_file(path, size, remarks);
  if (!found) return tl::unexpected(std::move(found.error()));
  if (!*found) {
    Result<RingFile> none = ring_without_file(size);
    if (!none) return tl::unexpected(std::move(none.error()));
    return Opened{Ring(std::make_shared<State>(State{path, std::move(*none), {}, {}})), std::move(remarks)};
  }
  RingFile& file = **found;
  take_over(file, path, remarks);
  Result<TimeIndex> times = index_beside(path, file, remarks);
  if (!times) return tl::unexpected(std::move(times.error()));
  expect_first_lap(file);
  return Opened{Ring(std::make_shared<State>(State{path, std::move(file), std::move(*times), {}})), std::move(remarks)};
}

Result<Ring> Ring::in_memory(std::uint64_t size) {
  if (!valid_ring_size(size)) return no_such_size(size);
  Result<RingFile> none = ring_without_file(size);
  if (!none) return tl::unexpected(std::move(none.error()));
  return Ring(std::make_shared<State>(State{{}, std::move(*none), {}, {}}));
}

bool Ring::begun() const { return state_->file.data() != nullptr; }

Result<std::vector<std::string>> Ring::begin() {
  std::vector<std::string> remarks;
  if (begun()) return remarks;
  Result<RingFile> file = make_ring_file(state_->path, state_->header(), remarks);
  if (!file) return tl::unexpected(std::move(file.error()));
  Result<TimeIndex> times = index_beside(state_->path, *file, remarks);
  if (!times) return tl::unexpected(std::move(times.error()));
  expect_first_lap(*file);
  state_->file = std::move(*file);
  state_->times = std::move(*times);
  return remarks;
}

std::function<void()> Ring::saver() const {
  return [state = state_] {
    if (!state->file.not_kept.empty()) return;
    ::fdatasync(state->file.fd.get());
    state->times.sync();
  };
}

void Ring::renamed_to(std::string path) { state_->path = std::move(path); }

std::uint64_t Ring::size() const { return state_->header().size; }

std::uint64_t Ring::head() const { return state_->header().base + fetch(state_->header().head); }

std::uint64_t Ring::tail() const { return state_->header().base + stored_tail(state_->header()); }

BytesSpan Ring::window() {
  RingHeader& header = state_->header();
  assert(header.clean == 0);
  const std::uint64_t room = header.size / kWindows;
  publish(header.reserved, header.head + room);
  order_writes();
  if (!begun()) {
    if (!state_->first_window) state_->first_window = std::make_unique_for_overwrite<std::byte[]>(room);
    return {state_->first_window.get(), room};
  }
  return {state_->file.data() + header.head % header.size, room};
}

void Ring::commit(std::size_t n, WallTime now) {
  if (const auto first = std::exchange(state_->first_window, nullptr)) {
    if (n > 0 && !begin()) n = 0;
    if (n > 0) std::memcpy(state_->file.data(), first.get(), n);
  }
  RingHeader& header = state_->header();
  const std::uint64_t begin = header.head;
  assert(n <= header.reserved - begin);
  publish(header.head, begin + n);
  publish(header.reserved, begin + n);
  if (header.recording != 0) publish(header.recorded_until, wall_ns(now));
  if (n == 0) return;
  publish(header.last_output, wall_ns(now));
  state_->times.note(header.base + begin, now);
  if (begin < header.size && begin + n >= header.size) state_->file.mirror.expect_neighbours(true);
}

BytesView Ring::view(std::uint64_t from, std::size_t most) const {
  assert(tail() <= from && from <= head());
  const std::uint64_t size = state_->header().size;
  return {state_->file.data() + from % size, std::min({most, head() - from, size})};
}

void Ring::begin_recording(WallTime now) {
  RingHeader& header = state_->header();
  if (header.recording != 0) return;
  if (header.recorded_until != 0) {
    // A clock that was put back makes no mark that ends before it begins.
    add_mark(MarkKind::not_recorded, std::min(wall_time(header.recorded_until), now), now, 0);
  }
  publish(header.recorded_until, wall_ns(now));
  publish(header.recording, 1);
}

void Ring::end_recording(WallTime now) {
  RingHeader& header = state_->header();
  if (header.recording == 0) return;
  publish(header.recorded_until, wall_ns(now));
  publish(header.recording, 0);
}

void Ring::was_missing_since(WallTime time) {
  RingHeader& header = state_->header();
  if (header.recorded_until == 0) publish(header.recorded_until, wall_ns(time));
}

std::optional<WallTime> Ring::missing_since() const {
  const RingHeader& header = state_->header();
  if (header.recorded_until == 0) return std::nullopt;
  // What is missing before the next byte is one gap, however often the source was read without bringing any.
  if (const auto gap = mark_at(header, MarkKind::not_recorded, header.base + header.head)) return gap->mark.from;
  return wall_time(header.recorded_until);
}

void Ring::add_mark(MarkKind kind, WallTime from, WallTime to, std::uint64_t bytes) {
  RingHeader& header = state_->header();
  Mark mark{head(), kind, from, to, bytes};
  std::optional<NumberedMark> same;
  if (kind != MarkKind::leftover) same = mark_at(header, kind, mark.offset);
  if (same) {
    mark.from = std::min(mark.from, same->mark.from);
    mark.to = std::max(mark.to, same->mark.to);
  }
  store_mark(header, mark);
  if (same) forget_mark(header, same->number);
}

std::optional<NumberedMark> Ring::next_mark(std::uint64_t after_number) const {
  return next_stored_mark(state_->header(), after_number);
}

std::uint64_t Ring::last_mark_number() const { return fetch(state_->header().last_mark); }

std::uint64_t Ring::marks_before(std::uint64_t offset) const {
  std::uint64_t before = 0;
  std::optional<NumberedMark> next = next_mark(0);
  while (next && next->mark.offset < offset) {
    before = next->number;
    next = next_mark(before);
  }
  return before;
}

const std::string& Ring::not_kept() const { return state_->file.not_kept; }

std::optional<WallTime> Ring::last_output() const {
  const std::int64_t ns = state_->header().last_output;
  if (ns == 0) return std::nullopt;
  return wall_time(ns);
}

const TimeIndex& Ring::times() const { return state_->times; }

void Ring::close_cleanly(WallTime now) {
  end_recording(now);
  if (!not_kept().empty()) return;
  state_->times.sync();
  const int fd = state_->file.fd.get();
  if (::fdatasync(fd) != 0) return;  // then it was not: the next one finds it as after a crash
  publish(state_->header().clean, 1);
  ::fdatasync(fd);
}

}  // namespace charmux::history
