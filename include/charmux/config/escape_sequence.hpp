// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "charmux/base/result.hpp"

namespace charmux::config {

/// The two keys that stand before a command of a viewer's (conserver's `^Ec`): what is typed otherwise is the guest's.
struct EscapeSequence {
  std::byte first{0x05};
  std::byte second{'c'};
  friend bool operator==(const EscapeSequence&, const EscapeSequence&) = default;
};

/// From two characters, each written as itself or as ^X for Ctrl-X: "^Ec", "^[q", "~.". Error: anything else.
[[nodiscard]] Result<EscapeSequence> parse_escape_sequence(std::string_view text);
/// As it is written: "^Ec".
[[nodiscard]] std::string text_of(EscapeSequence keys);

}  // namespace charmux::config
