// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace charmux::cli {

/// Runs one command of `charmux`; prints to stdout, and errors as one line to stderr. Returns the exit code.
[[nodiscard]] int run(const std::vector<std::string>& arguments);

}  // namespace charmux::cli
