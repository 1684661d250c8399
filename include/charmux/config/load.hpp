// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "charmux/base/units.hpp"
#include "charmux/config/command_line.hpp"
#include "charmux/config/config.hpp"
#include "charmux/config/environment.hpp"
#include "charmux/config/problem.hpp"

namespace charmux::config {

/// The most bytes of a configuration file; a longer one is refused.
inline constexpr std::uint64_t kMostConfigFile = 1 * MiB;

/// The whole configuration from a file's text, or everything that is wrong with it: every error of content in the order
/// of the file, those of the command line behind them, or the first syntax error alone. `file` is the name that
/// messages show. Opens nothing, and depends on nothing but its arguments.
[[nodiscard]] tl::expected<Config, std::vector<Problem>> parse_toml(std::string_view text, std::string_view file,
                                                                    const CommandLine& command_line,
                                                                    const Environment& environment);

/// The same from the file that the command line names, else from the default file if there is one, else from the
/// command line alone. One more error: the file cannot be read.
[[nodiscard]] tl::expected<Config, std::vector<Problem>> load(const CommandLine& command_line,
                                                              const Environment& environment);

}  // namespace charmux::config
