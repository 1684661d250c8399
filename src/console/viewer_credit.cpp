// SPDX-License-Identifier: Apache-2.0
// Whether the guest waits for a viewer.
#include <algorithm>
#include <limits>
#include <utility>

#include "console/console.hpp"
#include "console/viewer.hpp"

namespace charmux::console {
namespace {

/// One that has spent nothing for so long has read until now, as far as anybody knows.
constexpr std::chrono::milliseconds kApart{200};

}  // namespace

void Viewer::set_blocked(bool blocked) {
  if (blocked == blocked_) return;
  reckon();
  blocked_ = blocked;
  if (spending()) spending_begins();
  if (const auto end = patience_ends()) console_.pace().look_at(*end);
}

// The time in which it waits for its turn is nobody's doing but ours.
void Viewer::queue_begins() {
  if (!credit_.waited_for) reckon();
}

void Viewer::queue_ends() {
  if (!credit_.waited_for && !blocked_) reckoned_at_ = std::chrono::steady_clock::now();
}

// What a client's machine took is not what the client read: one that stops leaves a buffer that goes on filling.
std::uint64_t Viewer::read_since() {
  const std::uint64_t taken = std::exchange(taken_, 0);
  if (!spending() && has_full_credit()) return 0;
  const auto reads = wire_.reads();
  if (!reads) return taken;
  const std::uint64_t before = std::exchange(known_read_, std::max(known_read_, reads->at_least));
  return known_read_ - before;
}

void Viewer::reckon() {
  const MonoTime now = std::chrono::steady_clock::now();
  if (spending()) spent_until_ = now;
  const std::uint64_t read = read_since();
  credit_ = credit_after(credit_, {now - std::exchange(reckoned_at_, now), blocked_, in_the_way_, read, lag()},
                         console_.terms());
  if (!in_the_way_ || room() < wanted_room_) return;
  in_the_way_ = false;
  console_.pace().made_room();
}

std::uint64_t Viewer::room() const {
  if (!credit_.waited_for) return std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t size = console_.ring().size();
  return size - std::min(size, lag());
}

void Viewer::guest_waits(std::uint64_t room_wanted) {
  if (room() >= room_wanted) return;
  reckon();  // what has passed until now was no waiting
  wanted_room_ = room_wanted;
  in_the_way_ = room() < room_wanted;
  if (spending()) spending_begins();
}

bool Viewer::has_full_credit() const {
  return credit_.left == console_.terms().max_guest_pause && credit_.waited_for == (credit_.left.count() > 0);
}

// What it has read is asked for only from here on, until it has earned back what it spends.
void Viewer::spending_begins() {
  const auto reads = has_full_credit() ? wire_.reads() : std::nullopt;
  if (!reads) return;
  const bool anew = reckoned_at_ - spent_until_ > kApart;
  known_read_ = std::max(known_read_, anew ? reads->at_most : reads->at_least);
}

void Viewer::guest_goes_on() {
  if (!in_the_way_) return;
  reckon();
  in_the_way_ = false;
}

std::optional<MonoTime> Viewer::patience_ends() const {
  if (!in_the_way_ || !blocked_) return std::nullopt;
  return reckoned_at_ + credit_.left;
}

}  // namespace charmux::console
