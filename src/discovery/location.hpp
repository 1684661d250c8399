// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/locator.hpp"
#include "discovery/guest.hpp"

namespace charmux::discovery {

/// Why a console is closed whose guest is there no more, or not yet.
inline constexpr const char* kNotRunning = "its guest is not running";

/// How the reason begins when whoever knows of a guest cannot be asked.
inline constexpr const char* kOutOfReach = "out of reach: ";

/// What a source answers, as a Line takes it.
[[nodiscard]] backend::Location location_of(Located located);

}  // namespace charmux::discovery
