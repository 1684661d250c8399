// SPDX-License-Identifier: Apache-2.0
#include "console/viewer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "charmux/protocol/text_boundary.hpp"
#include "console/console.hpp"
#include "console/fanout.hpp"
#include "console/notices.hpp"
#include "console/viewpoint.hpp"

namespace charmux::console {
namespace {

/// How much of the output before a point tells whether it lies in a sequence.
constexpr std::size_t kLookBack = 4 * KiB;
/// A viewer that is skipped again and again is logged at most this often; the total stands in each line.
constexpr std::chrono::seconds kSkipLogPause{10};
/// Notices that wait for a viewer that reads nothing; of more, the oldest is dropped: the newest says how it is now.
constexpr std::size_t kMostNotices = 32;
/// One that has spent nothing for so long has read until now, as far as anybody knows.
constexpr std::chrono::milliseconds kApart{200};
constexpr const char* kTooSlow = "it read too slowly and fell a whole ring behind (on-lag=close)";

}  // namespace

Viewer::Viewer(Console& console, Wire& wire, const ViewerSettings& settings, ViewerOrigin origin)
    : console_(console),
      wire_(wire),
      settings_(settings),
      origin_(std::move(origin)),
      id_(console.next_viewer_id()),
      cursor_(beginning(console.ring(), settings)),
      credit_(initial_credit(console.terms())),
      reckoned_at_(std::chrono::steady_clock::now()) {
  // Asked for more than is kept, it has that, and is told what is missing; or it is closed, where a gap means the end.
  if (settings_.on_lag == OnLag::skip && cursor_.offset() < console_.ring().tail()) skip_to(console_.ring().tail());
  console_.attach(*this);
}

std::uint64_t Viewer::lag() const {
  return console_.ring().head() - std::min(console_.ring().head(), cursor_.offset());
}

Viewer::~Viewer() { console_.detach(*this); }

void Viewer::pump() {
  queue_ends();
  send_share();
  // Not while it is served: what the guest is then let print would be in the way of what is being sent.
  if (in_the_way_ || !has_full_credit()) reckon();
}

void Viewer::send_share() {
  std::size_t budget = kTurnBudget;
  while (!blocked_) {
    if (!wire_.flush()) return set_blocked(true);
    const Decision next = decide(look(budget));
    switch (next.step) {
      case Step::nothing:
        if (finish_at_ && cursor_.offset() >= *finish_at_ && notices_.empty()) wire_.finished();
        if (budget == 0 && lag() > 0) console_.fanout().wake(*this);
        return;
      case Step::send: {
        const std::uint64_t offset = cursor_.offset();
        const BytesView bytes = console_.ring().view(offset, next.bytes);
        const Wire::Sent sent = wire_.send(bytes, offset);
        cursor_.commit(sent.taken);
        taken_ += sent.taken;
        if (sent.blocked) set_blocked(true);
        budget -= std::min(budget, std::max<std::size_t>(sent.taken, 1));
        if (sent.taken > 0) {
          line_start_ = false;
          after_line_end_ = bytes[sent.taken - 1] == std::byte{'\n'};
        }
        break;
      }
      case Step::tell_notice: tell_notice(); break;
      case Step::tell_mark: tell_mark(); break;
      case Step::skip: skip(); break;
      case Step::close: return give_up(kTooSlow);
    }
  }
}

Situation Viewer::look(std::size_t budget) {
  Situation at;
  at.budget = budget;
  at.on_lag = settings_.on_lag;
  const auto next = cursor_.peek(budget);
  if (const auto* gap = std::get_if<history::Gap>(&next)) at.lost = gap->bytes;
  if (const auto* bytes = std::get_if<BytesView>(&next)) at.ready = bytes->size();
  at.mark = std::holds_alternative<history::Mark>(next);
  if (finish_at_) at.ready = std::min<std::size_t>(at.ready, *finish_at_ - std::min(*finish_at_, cursor_.offset()));
  if (notices_.empty()) return at;

  Notice& notice = notices_.front();
  at.notice_in = notice.not_before - std::min(notice.not_before, cursor_.offset());
  if (*at.notice_in > 0) return at;
  if (notice.deadline == MonoTime{}) notice.deadline = console_.fanout().now() + settings_.notice_wait;
  at.notice_overdue = console_.fanout().now() >= notice.deadline;
  at.boundary =
      line_start_ ? 0 : protocol::bytes_to_boundary(bytes_before(), console_.ring().view(cursor_.offset(), at.ready));
  if (at.boundary != 0) console_.fanout().wake_at(*this, notice.deadline);
  return at;
}

BytesView Viewer::bytes_before() const {
  const history::Ring& ring = console_.ring();
  const std::uint64_t at = std::max(cursor_.offset(), ring.tail());
  const std::uint64_t from = at - std::min<std::uint64_t>(at - ring.tail(), kLookBack);
  return ring.view(from, at - from);
}

void Viewer::say(std::string_view text) {
  wire_.tell(text, !line_start_ && !protocol::position_after(bytes_before()).line_start);
  line_start_ = true;
}

void Viewer::tell_notice() {
  say(notices_.front().text);
  notices_.erase(notices_.begin());
  if (notices_.empty()) notices_ = std::vector<Notice>();  // {} would keep its memory
}

void Viewer::tell_mark() {
  const auto next = cursor_.peek(0);
  if (settings_.told != Told::nothing) say(notices::mark(std::get<history::Mark>(next)));
  cursor_.pass_mark();
}

void Viewer::skip() {
  const std::uint64_t before = skipped_;
  skip_to(resumption(console_.ring(), settings_));
  if (console_.fanout().now() < next_skip_log_) return;
  next_skip_log_ = console_.fanout().now() + kSkipLogPause;
  console_.log_skip(*this, skipped_ - before);
}

void Viewer::skip_to(std::uint64_t to) {
  const std::uint64_t from = cursor_.offset();
  skipped_ += to - from;
  console_.count_skip(to - from);
  // What was sent last can be overwritten already, so the ring is not asked how it ended.
  const bool told = settings_.told != Told::nothing;
  if (told) wire_.tell(notices::skipped(to - from), !line_start_ && !after_line_end_);
  line_start_ = told;
  cursor_.skip_to(to);
}

void Viewer::output_came() {
  // One whose socket takes nothing more is not served, so that it would never be found to be behind.
  if (blocked_ && settings_.on_lag == OnLag::close && cursor_.offset() < console_.ring().tail())
    return give_up(kTooSlow);
  console_.fanout().wake(*this);
}

void Viewer::give_up(const std::string& reason) {
  const std::uint64_t missed = lag();
  skipped_ += missed;
  console_.count_skip(missed);
  cursor_.skip_to(console_.ring().head());  // so it is counted once
  wire_.expire(reason);
}

void Viewer::writable() {
  set_blocked(false);
  console_.fanout().wake(*this);
}

// --- whether the guest waits ---

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

// --- notices ---

void Viewer::notify(std::string text) { notify_at(std::move(text), console_.ring().head()); }

void Viewer::notify_at(std::string text, std::uint64_t offset) {
  if (settings_.told != Told::all) return;
  if (notices_.size() == kMostNotices) notices_.erase(notices_.begin());
  notices_.push_back({std::move(text), offset});
  console_.fanout().wake(*this);
}

void Viewer::greet(std::string hello, std::string_view live) {
  notify_at(std::move(hello), cursor_.offset());
  notify(std::string(live));
}

void Viewer::finish(std::string_view text) {
  finish_at_ = console_.ring().head();
  notify(std::string(text));
  console_.fanout().wake(*this);
}

}  // namespace charmux::console
