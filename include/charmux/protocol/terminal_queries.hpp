// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "charmux/base/bytes.hpp"

namespace charmux::protocol {

// What makes a terminal answer by itself: ENQ, DECID, DA1-3, DSR, DECRQM, DECRQSS, DECRQPSR, DECRQTSR, DECRQCRA,
// DECREQTPARM, DECRQLP, DECRQDE, DECRQUPSS, XTGETTCAP, XTGETXRES, XTVERSION, XTSMGRAPHICS, XTQMODKEYS, XTQFMTKEYS,
// XTREPORTSGR, XTREPORTCOLORS, XTTITLEPOS, XTQALLOWED, the reports of XTWINOPS, and OSC 4, 5, 10-19, 50 and 52 with a
// "?" ("XTerm Control Sequences", patch 397); of kitty: CSI ? u, OSC 21, 22 and 99 with a "?", APC G with a=q
// (sw.kovidgoyal.net/kitty/protocol-extensions); of iTerm2: OSC 1337 Capabilities and Report... (iterm2.com).
//
// As in text_boundary.hpp the 8-bit C1 controls are none: in UTF-8 those bytes are parts of characters, and xterm takes
// no control out of a decoded character either ("controls are processed once").

/// The longest query there is: longer sequences are none, so that what waits for its end is never much.
inline constexpr std::size_t kLongestTerminalQuery = 256;

/// Where a query stands in a window of output.
struct TerminalQuery {
  std::size_t begin;
  std::size_t length;
  /// The window ends before it is known to be one: what begins here may become one by what follows.
  bool unfinished;

  friend bool operator==(const TerminalQuery&, const TerminalQuery&) = default;
};

/// Finds the queries in one window of console output, in order. Needs to know nothing of what came before: any ESC
/// begins a sequence, whatever it interrupts, and an ENQ counts wherever it stands. So the windows may be cut anywhere,
/// if the next one begins with what was unfinished in the last. A sequence that breaks off at a query (ESC [ ESC [6n)
/// belongs to it, or what is left would be joined to one; so does the ENQ in a sequence. A window without ESC and ENQ
/// costs two memchr. A value; the window outlives it.
class TerminalQueries {
 public:
  explicit TerminalQueries(BytesView window);

  /// The next one; none: the rest passes. After an unfinished one there is none.
  [[nodiscard]] std::optional<TerminalQuery> next();

 private:
  [[nodiscard]] bool find_sequence();

  BytesView window_;
  std::size_t at_ = 0;     ///< where the next sequence is looked for, or stands.
  std::size_t begin_ = 0;  ///< less than `at_` where it has interrupted others: where the first of them began.
  std::size_t enq_;        ///< the first that is not passed yet, or the window's size.
};

/// `output` without its queries, and without one that is unfinished at its end.
[[nodiscard]] Bytes without_terminal_queries(BytesView output);

}  // namespace charmux::protocol
