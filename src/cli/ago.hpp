// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "charmux/base/units.hpp"

namespace charmux::cli {

/// The second that an RFC 3339 time in UTC names ("2026-11-21T12:57:30.123Z"), as the API writes times. None: it is
/// written otherwise.
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);

/// How long ago that was, in the largest whole unit: "3s ago", "5min ago", "2h ago", "4d ago". What is yet to come, by
/// a clock that was set back, is "0s ago".
[[nodiscard]] std::string ago_text(WallTime then, WallTime now);

}  // namespace charmux::cli
