// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
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
  bool may_type = false;    ///< its door and the backend let it.
  std::string_view keys{};  ///< its escape sequence, as text; empty: it has none.
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
/// How a viewer that may type gets the pen: "^Ecf takes over, ^Eca asks". `typist`: who has it; empty: nobody.
[[nodiscard]] std::string how_to_type(std::string_view keys, std::string_view typist);
/// A viewer typed in vain; why, and how it could type, or empty.
[[nodiscard]] std::string read_only(std::string_view why, std::string_view how = {});
/// Another took the pen from this viewer.
[[nodiscard]] std::string pen_lost(std::string_view to);
/// This viewer typed nothing for that long, and lost the pen; to nobody when `to` is empty.
[[nodiscard]] std::string pen_idle(std::chrono::milliseconds idle, std::string_view to);
/// Another wants the pen that this viewer has; `keys` hand it over ("^Ecs"), unless empty.
[[nodiscard]] std::string asks_to_type(std::string_view who, std::string_view keys);
/// The pen has passed, between others.
[[nodiscard]] std::string types_now(std::string_view who);
/// One other viewer has come, or left.
[[nodiscard]] std::string came_or_left(std::string_view who, bool came, std::size_t watching);
/// So many have.
[[nodiscard]] std::string came_and_left(std::size_t came, std::size_t left, std::size_t watching);
/// What happened to the guest: "was reset".
[[nodiscard]] std::string happened(std::string_view console, std::string_view what);
/// A line from one user to all who watch.
[[nodiscard]] std::string broadcast(std::string_view from, std::string_view text);
/// Any other sentence, such as an error's.
[[nodiscard]] std::string sentence(std::string_view text);

}  // namespace charmux::console::notices
