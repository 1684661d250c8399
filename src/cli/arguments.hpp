// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/outcome.hpp"

namespace charmux::cli {

/// What stands behind a command's name.
struct Arguments {
  std::optional<std::string> socket;  ///< --socket
  bool json = false;
  bool watch = false;
  bool force = false;
  bool follow = false;
  bool help = false;
  std::optional<std::uint64_t> lines;  ///< -n
  std::optional<std::uint64_t> since;  ///< --since
  std::optional<std::string> escape;   ///< -e, as written
  std::vector<std::string> operands;
};

/// Which arguments a command takes, beside --socket and --help, which all take.
struct Grammar {
  std::string_view command;
  std::string_view options;  ///< of "jwfFnse": --json, --watch, --force, -f, -n, --since, -e
  std::size_t least;         ///< operands
  std::size_t most;
};

/// Reads the words behind a command's name, options before or behind the operands; those behind `--` are operands.
/// Failure: kUsage.
[[nodiscard]] Outcome<Arguments> parse_arguments(const Grammar& grammar, const std::vector<std::string>& words);

}  // namespace charmux::cli
