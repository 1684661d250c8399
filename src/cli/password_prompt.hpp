// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/outcome.hpp"

namespace charmux::cli {

/// A new password: at a terminal on stdin asked for twice on stderr, without echo; else one line of stdin, its line end
/// left out. A signal meanwhile ends the program, behind the terminal's restoration. To be wiped by the caller.
/// Failure: kNoPassword for what can be none (empty, too long, a NUL byte, the two differ, nothing was typed);
/// kUsage where the terminal does not let its echo be switched off.
[[nodiscard]] Outcome<std::string> new_password();

}  // namespace charmux::cli
