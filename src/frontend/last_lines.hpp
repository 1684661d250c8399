// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "charmux/base/units.hpp"
#include "charmux/history/ring.hpp"

namespace charmux::frontend {

/// The most of a history that `r`, `p` and `^R` show at once: a line may have no end.
inline constexpr std::size_t kMostShownAgain = 32 * KiB;

/// The last `lines` lines of the history between two notices, as they are shown again to one terminal: what is
/// unfinished at its end is a line too, and an escape or UTF-8 sequence that is open there is left out. Of more than
/// kMostShownAgain bytes only the end, and the first notice says so. Lines end by CR LF, the last notice by nothing.
[[nodiscard]] std::string last_lines(const history::Ring& ring, std::size_t lines);

}  // namespace charmux::frontend
