// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "load_clock.hpp"
#include "load_process.hpp"

namespace bench {

/// One moment of a measurement.
struct Moment {
  Nanoseconds time = 0;
  Cpu cpu;       ///< the multiplexer's, where it was asked for
  Cpu load_cpu;  ///< this process's
  std::vector<std::uint64_t> received;
};

/// What came of it all.
struct Outcome {
  Moment first;                         ///< the clock starts
  Moment last;                          ///< and stops
  std::vector<std::uint64_t> received;  ///< in the end, since the marker
  std::uint64_t printed = 0;            ///< since the marker
  Nanoseconds connected = 0;            ///< from the first viewer's connection to the last's
  Nanoseconds attached = 0;             ///< from the first viewer's connection until each has had a byte
  bool gaps = false;
  bool cpu = false;
};

/// The members of a JSON object that tell of it, the last one's comma left out.
[[nodiscard]] std::string members(const Outcome& outcome);
/// A JSON object of microseconds: the half of them, 99 in 100, the longest, and how many there are. Sorts them.
[[nodiscard]] std::string microseconds(std::vector<Nanoseconds>& times);

}  // namespace bench
