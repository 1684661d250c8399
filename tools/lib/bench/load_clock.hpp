// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace bench {

/// Nanoseconds of CLOCK_MONOTONIC.
using Nanoseconds = std::int64_t;
constexpr Nanoseconds kSecond = 1'000'000'000;
/// How long anything that has to happen may take before the measurement is given up.
constexpr Nanoseconds kDeadline = 60 * kSecond;

inline Nanoseconds now() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline Nanoseconds from_seconds(double seconds) { return static_cast<Nanoseconds>(seconds * double{kSecond}); }
inline double to_seconds(Nanoseconds time) { return static_cast<double>(time) / double{kSecond}; }

}  // namespace bench
