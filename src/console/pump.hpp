// SPDX-License-Identifier: Apache-2.0
#pragma once

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

}  // namespace charmux::console
