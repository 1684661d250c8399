// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "charmux/base/units.hpp"
#include "charmux/history/mark.hpp"

/// The sentences charmux says in-band to a viewer. Each is one line in brackets, without its line end; no control byte
/// of a name reaches it.
namespace charmux::console::notices {

inline constexpr std::string_view kLive = "[charmux: live]";
inline constexpr std::string_view kStopping = "[charmux: charmuxd is stopping]";
inline constexpr std::string_view kFull = "[charmux: full, try later]";
inline constexpr std::string_view kYouType = "[charmux: the pen is free: you type now]";

/// Who a viewer meets on attaching.
struct Company {
  std::size_t watching;     ///< viewers, this one included.
  std::string_view typist;  ///< who has the pen; empty: nobody.
  bool you_type;
};
/// `condition` is what is out of the ordinary about the console ("shut off"), or empty.
[[nodiscard]] std::string attached(std::string_view console, const Company& company, std::string_view condition);
/// How long an open console has said nothing, as part of such a condition: "silent since 14:02:11", with the date when
/// that is more than a day ago; "never heard"; empty: it said something within the last minute.
[[nodiscard]] std::string silence(std::optional<WallTime> last_output, WallTime now);
[[nodiscard]] std::string skipped(std::uint64_t bytes);
/// What a mark in the history means.
[[nodiscard]] std::string mark(const history::Mark& mark);
/// The console went away: `condition` is "shut off", "held by another client", ...
[[nodiscard]] std::string away(std::string_view console, std::string_view condition);
[[nodiscard]] std::string back(std::string_view console);
[[nodiscard]] std::string unheard(std::string_view console);
/// A viewer typed in vain; why.
[[nodiscard]] std::string read_only(std::string_view why);
/// Another took the pen from this viewer.
[[nodiscard]] std::string pen_lost(std::string_view to);
/// What happened to the guest: "was reset".
[[nodiscard]] std::string happened(std::string_view console, std::string_view what);
/// A line from one user to all who watch.
[[nodiscard]] std::string broadcast(std::string_view from, std::string_view text);
/// Any other sentence, such as an error's.
[[nodiscard]] std::string sentence(std::string_view text);

}  // namespace charmux::console::notices
