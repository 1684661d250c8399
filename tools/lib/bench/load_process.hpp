// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "load_clock.hpp"

namespace bench {

/// What a process's threads have had of CPUs.
struct Cpu {
  Nanoseconds used = 0;
  Nanoseconds waited = 0;  ///< they could have run, but others did
};

/// Of all its threads that there are, from /proc/PID/task/*/schedstat. Fails when there is no such process.
[[nodiscard]] Cpu cpu_of(const std::string& pid);

}  // namespace bench
