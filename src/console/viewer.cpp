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
/// What one types for charmux itself and does not read meanwhile is shown no further.
constexpr std::size_t kMostEcho = 4 * KiB;
constexpr const char* kTooSlow = "it read too slowly and fell a whole ring behind (on-lag=close)";

}  // namespace

Viewer::Viewer(Console& console, Wire& wire, const ViewerSettings& settings, ViewerOrigin origin)
    : console_(console),
      wire_(wire),
      settings_(settings),
      origin_(std::move(origin)),
      id_(console.next_viewer_id()),
      live_from_(console.ring().head()),
      cursor_(beginning(console.ring(), settings)),
      credit_(initial_credit(console.terms())),
      reckoned_at_(std::chrono::steady_clock::now()),
      keys_(settings.keys) {
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
        if ((budget == 0 || kept_back_ > 0) && lag() > kept_back_) console_.fanout().wake(*this);
        return;
      case Step::send: budget -= std::min(budget, std::max<std::size_t>(send(next.bytes), 1)); break;
      case Step::let_go:
        cursor_.commit(std::exchange(kept_back_, 0));
        let_go_ = true;
        break;
      case Step::tell_notice: tell_notice(); break;
      case Step::tell_mark: tell_mark(); break;
      case Step::skip: skip(); break;
      case Step::close: return give_up(kTooSlow);
    }
  }
}

std::size_t Viewer::send(std::size_t most) {
  const std::uint64_t offset = cursor_.offset();
  const BytesView bytes = console_.ring().view(offset, most);
  const Wire::Sent sent = wire_.send(bytes, offset);
  cursor_.commit(sent.taken);
  taken_ += sent.taken;
  kept_back_ = sent.undecided ? bytes.size() - sent.taken : 0;
  if (sent.blocked) set_blocked(true);
  if (sent.taken > 0) {
    line_start_ = echoing_ = let_go_ = false;
    after_line_end_ = bytes[sent.taken - 1] == std::byte{'\n'};
  }
  return sent.taken;
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
  at.kept_back = kept_back_;
  at.ends = finish_at_ ? cursor_.offset() + at.ready >= *finish_at_ : at.ready < budget && at.ready < lag();
  if (notices_.empty()) return at;

  Notice& notice = notices_.front();
  at.notice_in = notice.not_before - std::min(notice.not_before, cursor_.offset());
  if (*at.notice_in > kept_back_) return at;
  if (notice.deadline == MonoTime{}) notice.deadline = console_.fanout().now() + settings_.notice_wait;
  at.notice_overdue = console_.fanout().now() >= notice.deadline;
  at.boundary = boundary(console_.ring().view(cursor_.offset(), at.ready));
  if (at.boundary != 0) console_.fanout().wake_at(*this, notice.deadline);
  return at;
}

std::optional<std::size_t> Viewer::boundary(BytesView next) const {
  if (kept_back_ == 0) return line_start_ || let_go_ ? 0 : protocol::bytes_to_boundary(bytes_before(), next);
  // Here it is outside, but may not be where the notice belongs.
  const std::size_t begun = std::min(kept_back_, next.size());
  const auto rest = protocol::bytes_to_boundary(next.first(begun), next.subspan(begun));
  return rest ? std::optional(begun + *rest) : std::nullopt;
}

BytesView Viewer::bytes_before() const {
  const history::Ring& ring = console_.ring();
  const std::uint64_t at = std::max(cursor_.offset(), ring.tail());
  const std::uint64_t from = at - std::min<std::uint64_t>(at - ring.tail(), kLookBack);
  return ring.view(from, at - from);
}

void Viewer::say(std::string_view text) {
  wire_.tell(text, echoing_ || (!line_start_ && !protocol::position_after(bytes_before()).line_start));
  line_start_ = true;
  echoing_ = false;
}

void Viewer::tell_notice() {
  const Notice& notice = notices_.front();
  if (notice.echo) {
    wire_.echo(notice.text);
    line_start_ = notice.text.back() == '\n';
    echoing_ = !line_start_;
  } else {
    say(notice.text);
  }
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
  if (told) wire_.tell(notices::skipped(to - from), echoing_ || (!line_start_ && !after_line_end_));
  line_start_ = told;
  echoing_ = false;
  cursor_.skip_to(to);
  kept_back_ = 0;
}

std::optional<std::uint64_t> Viewer::asked_from() const {
  if (!settings_.is_terminal) return std::nullopt;
  const bool all = console_.typing().query == config::Query::pass;
  // The same for all who are past their replay, so that output is looked through and encoded once for all.
  if (all && cursor_.offset() >= live_from_) return std::nullopt;
  return all || console_.is_writer(*this) ? live_from_ : std::numeric_limits<std::uint64_t>::max();
}

void Viewer::skip_all() {
  if (lag() == 0) return;
  skip_to(console_.ring().head());
  reckon();
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

// --- notices ---

void Viewer::notify(std::string text) { notify_at(std::move(text), console_.ring().head()); }

void Viewer::notify_at(std::string text, std::uint64_t offset) {
  if (settings_.told == Told::all) queue_notice(std::move(text), offset);
}

void Viewer::answer(std::string text) { queue_notice(std::move(text), console_.ring().head()); }

void Viewer::echo(std::string_view text) {
  if (text.empty() || finish_at_) return;
  if (notices_.empty() || !notices_.back().echo) {
    queue_notice(std::string(text), console_.ring().head());
    notices_.back().echo = true;
  } else if (notices_.back().text.size() < kMostEcho) {
    notices_.back().text += text;
  }
}

void Viewer::queue_notice(std::string text, std::uint64_t offset) {
  if (finish_at_) return;
  if (notices_.size() == kMostNotices) notices_.erase(notices_.begin());
  notices_.push_back({std::move(text), offset});
  console_.fanout().wake(*this);
}

void Viewer::greet(std::string hello, std::string_view live) {
  notify_at(std::move(hello), cursor_.offset());
  notify(std::string(live));
}

void Viewer::finish(std::string_view text) {
  notify(std::string(text));
  finish_at_ = console_.ring().head();
  console_.fanout().wake(*this);
}

}  // namespace charmux::console
