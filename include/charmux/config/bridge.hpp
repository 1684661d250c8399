// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "charmux/config/config.hpp"
#include "charmux/config/problem.hpp"

namespace charmux::config {

/// The configuration of `charmux bridge`: one console, which bears its backend's address as a name, all listeners for
/// it, and every default. Or everything that is wrong: the address of the backend or of a listener, one that names a
/// console or has a range of ports, two at one place, one that would be off loopback without `insecure`. Reads no file
/// and no environment; it has no directories.
[[nodiscard]] tl::expected<Config, std::vector<Problem>> bridge_config(std::string_view backend,
                                                                       std::span<const std::string> listeners);

}  // namespace charmux::config
