// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "charmux/base/result.hpp"

namespace charmux::address {

/// Splits a command line into words as systemd does with ExecStart= (systemd.syntax(7), "Quoting"): at white space;
/// what stands in single or double quotes belongs together; C escapes (\n, \t, \s for a space, \xHH, octal, \uHHHH ...)
/// are undone, inside quotes and out. No variables, no specifiers, no shell. Errors: an open quote, an escape that
/// there is not, a NUL byte.
[[nodiscard]] Result<std::vector<std::string>> split_words(std::string_view line);

}  // namespace charmux::address
