// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "charmux/base/log.hpp"
#include "charmux/base/result.hpp"

namespace charmux::config {

/// charmuxd's command line, taken apart but not yet understood: addresses are read when the whole configuration is.
struct CommandLine {
  std::optional<std::string> config_file;
  bool check_config = false;
  bool help = false;
  bool version = false;
  std::string help_text;  ///< what --help prints: within 24 lines of 80 columns
  std::optional<std::string> state_dir;
  std::optional<std::string> runtime_dir;
  std::optional<LogLevel> log_level;
  std::vector<std::string> libvirts;  ///< URI, in order
  std::vector<std::string> qmps;      ///< SOCKET or GLOB, in order
  std::vector<std::string> consoles;  ///< NAME=ADDRESS, in order
  std::vector<std::string> listens;   ///< ADDRESS, in order
};

/// Reads the arguments of main(). Errors: an unknown option (with the nearest known one), one without its value or
/// given twice, a stray argument, an unknown log level. Absolute paths that stand right behind a --qmp's value are
/// further such values: a shell makes them of a glob without quotes.
[[nodiscard]] Result<CommandLine> parse_command_line(int argc, const char* const* argv);

}  // namespace charmux::config
