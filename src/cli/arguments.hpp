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
  bool once = false;
  bool verbose = false;
  std::optional<std::uint64_t> lines;  ///< -n
  std::optional<std::uint64_t> since;  ///< --since
  std::optional<std::string> escape;   ///< -e, as written
  std::vector<std::string> operands;
};

/// Which arguments a command takes, beside --help, which all take, and --socket.
struct Grammar {
  std::string_view command;
  std::string_view options;  ///< of "jwfFnseov": --json, --watch, --force, -f, -n, --since, -e, --once, -v
  std::size_t least;         ///< operands
  std::size_t most;
  std::string_view operands = "the name of a console; `charmux ls` lists them";  ///< what it says it needs
  bool asks = true;  ///< a charmuxd: its operands are names of consoles, and it takes --socket
};

/// Reads the words behind a command's name, options before or behind the operands; those behind `--` are operands.
/// Failure: kUsage.
[[nodiscard]] Outcome<Arguments> parse_arguments(const Grammar& grammar, const std::vector<std::string>& words);

}  // namespace charmux::cli
