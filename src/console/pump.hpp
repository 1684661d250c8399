// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "charmux/config/config.hpp"

namespace charmux::console {

using config::OnLag;

/// All that decides what a viewer gets next. No clock and no socket: whoever asks has looked at them.
struct Situation {
  std::uint64_t lost = 0;  ///< bytes overwritten before this viewer got them.
  bool mark = false;       ///< a mark of the history stands at the viewer's offset.
  std::size_t ready = 0;   ///< bytes that may be sent at once, up to the next mark.
  std::size_t budget = 0;  ///< the most that this viewer is sent in this turn from here on.
  /// The first of `ready` that were kept back (see Wire::Sent): they go only with more behind them.
  std::size_t kept_back = 0;
  bool ends = false;  ///< nothing that belongs to the same output follows what is ready: a mark, or the end.
  OnLag on_lag = OnLag::skip;

  /// The oldest notice that waits: how many bytes must pass before its place is reached (0: it is due).
  std::optional<std::uint64_t> notice_in;
  /// Bytes of `ready` to pass before the stream is outside an escape or UTF-8 sequence; nullopt: not within what is
  /// ready.
  std::optional<std::size_t> boundary;
  bool notice_overdue = false;  ///< it has waited for a boundary long enough.
};

enum class Step {
  nothing,      ///< wait for output, or for a boundary.
  send,         ///< `bytes` of what is ready.
  tell_notice,  ///< the waiting notice, here.
  tell_mark,    ///< the mark, and go past it.
  let_go,       ///< what was kept back is never sent.
  skip,         ///< go on at newer output and say how much was missed.
  close,        ///< the viewer is too far behind and its door says so means the end.
};

struct Decision {
  Step step = Step::nothing;
  std::size_t bytes = 0;
  friend bool operator==(const Decision&, const Decision&) = default;
};

/// The next thing to do for a viewer. Asked again after each step until it says `nothing`, the budget is spent or the
/// socket refuses.
[[nodiscard]] Decision decide(const Situation& at);

/// What a console grants each of its viewers, and the guest.
struct Terms {
  std::chrono::nanoseconds max_guest_pause;  ///< the longest that the guest waits for one viewer; 0: never.
  std::uint64_t min_rate;                    ///< bytes a second; who reads as much, evenly, is always waited for.
  std::uint64_t ring;                        ///< the history's size.
};

/// Whether the guest waits for a viewer whose bytes it would overwrite, and how much longer it would.
struct Credit {
  /// Below zero after it was used up: what the viewer has to make good before it is waited for again.
  std::chrono::nanoseconds left;
  bool waited_for;
  friend bool operator==(const Credit&, const Credit&) = default;
};

/// A viewer's credit when it attaches.
[[nodiscard]] Credit initial_credit(const Terms& terms);

/// What has passed for a viewer since its credit was last reckoned; the same all that time.
struct Passed {
  std::chrono::nanoseconds time;
  bool refused;       ///< its socket took nothing (else it had nothing to take: time in Fanout's line is not passed).
  bool guest_waited;  ///< the ring had no room but by overwriting its bytes.
  std::uint64_t taken = 0;  ///< bytes that it turned out to have read at the end of that time.
  std::uint64_t lag = 0;    ///< bytes that it has not been sent, after that.
};

/// Its credit now. Spent by the time in which the guest waits and the socket refuses, earned at one second per
/// `min_rate` bytes read, never above `max_guest_pause`. At zero the guest stops waiting. It waits again when the
/// viewer is within half a ring and has its credit back, or 50 ms of it; until then time in which its socket refuses
/// counts against it, whether the guest waits or not, and time in which it does not counts for it. (A skip sets a
/// viewer near the newest byte without its doing, and the kernel's queue takes a good deal at once: what counts is
/// whether it keeps up.)
[[nodiscard]] Credit credit_after(Credit credit, const Passed& passed, const Terms& terms);

}  // namespace charmux::console
