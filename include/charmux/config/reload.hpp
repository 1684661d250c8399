// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "charmux/config/config.hpp"

namespace charmux::config {

/// Some of what a running charmuxd has cannot become otherwise. Puts that into `wanted`, so that it says what will
/// hold, and returns the keys of which `wanted` said otherwise: "state_dir", "'size' of console 'vm'", sorted as they
/// stand in the file.
[[nodiscard]] std::vector<std::string> keep_until_restart(const Config& running, Config& wanted);

}  // namespace charmux::config
