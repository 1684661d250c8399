// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace charmux::config {

/// One thing that is wrong with a configuration: what, on which object, why, what to do.
struct Problem {
  std::string where;  ///< "FILE:LINE:COLUMN" (from 1), "FILE", "--listen", or nothing
  std::string text;
  friend bool operator==(const Problem&, const Problem&) = default;
};

/// "where: text", on one line.
[[nodiscard]] std::string to_text(const Problem& problem);

}  // namespace charmux::config
