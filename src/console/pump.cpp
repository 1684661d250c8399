// SPDX-License-Identifier: Apache-2.0
#include "console/pump.hpp"

#include <algorithm>

namespace charmux::console {
namespace {

Decision send_up_to(const Situation& at, std::size_t most) {
  const std::size_t bytes = std::min({at.ready, at.budget, most});
  if (bytes > at.kept_back) return {Step::send, bytes};
  return {at.kept_back > 0 && at.ends ? Step::let_go : Step::nothing};
}

/// The deepest that a viewer's credit falls: more than the kernel's queues take in one go from one who reads slowly.
constexpr std::chrono::milliseconds kDeepest{-250};
/// The credit with which the guest waits for it again, where it can have so much.
constexpr std::chrono::nanoseconds kEnough = std::chrono::milliseconds(50);

std::chrono::nanoseconds earned(std::uint64_t taken, std::uint64_t min_rate) {
  const std::uint64_t most = 16 * min_rate;  // more than any credit; at the highest rate, just no overflow
  return std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(taken, most) * 1'000'000'000 / min_rate));
}

}  // namespace

Decision decide(const Situation& at) {
  if (at.lost > 0) return {at.on_lag == OnLag::close ? Step::close : Step::skip};
  if (at.notice_in && *at.notice_in <= at.kept_back) {
    // A mark is a break in the stream anyway: no sequence goes on behind it.
    if (at.notice_overdue || at.boundary == 0 || at.mark) return {Step::tell_notice};
    return send_up_to(at, at.boundary.value_or(at.ready));
  }
  if (at.mark) return {Step::tell_mark};
  const std::uint64_t before_notice = at.notice_in.value_or(at.ready);
  return send_up_to(at, static_cast<std::size_t>(std::min<std::uint64_t>(before_notice, at.ready)));
}

Credit initial_credit(const Terms& terms) { return {terms.max_guest_pause, terms.max_guest_pause.count() > 0}; }

Credit credit_after(Credit credit, const Passed& passed, const Terms& terms) {
  if (terms.max_guest_pause.count() == 0) return credit;
  const auto income = earned(passed.taken, terms.min_rate);
  if (credit.waited_for) {
    if (passed.refused && passed.guest_waited) credit.left -= passed.time;
    if (credit.left.count() <= 0) return {std::max<std::chrono::nanoseconds>(credit.left, kDeepest), false};
    credit.left = std::min(credit.left + income, terms.max_guest_pause);
    return credit;
  }
  const std::chrono::nanoseconds balance = credit.left + income + (passed.refused ? -passed.time : passed.time);
  credit.left = std::clamp<std::chrono::nanoseconds>(balance, kDeepest, terms.max_guest_pause);
  credit.waited_for = credit.left >= std::min(kEnough, terms.max_guest_pause) && passed.lag <= terms.ring / 2;
  return credit;
}

}  // namespace charmux::console
