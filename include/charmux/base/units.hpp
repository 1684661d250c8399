// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "charmux/base/result.hpp"

namespace charmux {

inline constexpr std::uint64_t KiB = 1024;
inline constexpr std::uint64_t MiB = 1024 * KiB;
inline constexpr std::uint64_t GiB = 1024 * MiB;

/// Time that only goes forward, for deadlines and pauses.
using MonoTime = std::chrono::steady_clock::time_point;
/// Time of day, for marks and logs.
using WallTime = std::chrono::system_clock::time_point;

/// Bytes from "512B", "64KiB", "1MiB", "2GiB" or "0". Errors: no unit, an unknown unit, a number that overflows.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);
/// The shortest exact spelling that parse_size reads back: 1048576 is "1MiB".
[[nodiscard]] std::string format_size(std::uint64_t bytes);

/// A time from "50ms", "2s", "5min", "3h", "30d" or "0". Errors as parse_size.
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The shortest exact spelling that parse_duration reads back.
[[nodiscard]] std::string format_duration(std::chrono::milliseconds time);

/// Local time of day as "14:02:11", as notices show it.
[[nodiscard]] std::string clock_text(WallTime time);
/// The day of it, local too, as "2026-11-21".
[[nodiscard]] std::string date_text(WallTime time);
/// In UTC, as programs read it: "2026-11-21T12:57:30.123Z".
[[nodiscard]] std::string rfc3339(WallTime time);

}  // namespace charmux
