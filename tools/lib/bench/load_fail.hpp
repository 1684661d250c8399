// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace bench {

/// The end of a measurement that shows nothing: one sentence on stderr, and exit code 1.
template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) {
  fmt::print(stderr, "bench_load: {}\n", fmt::format(text, std::forward<Args>(args)...));
  std::exit(1);
}

}  // namespace bench
