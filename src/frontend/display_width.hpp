// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace charmux::frontend {

/// The cells that a terminal gives to the text: two for East Asian wide characters and emoji (Unicode TR 11), none for
/// combining marks, one for any other. The text is valid UTF-8 without controls, as printable() makes it. It does not
/// depend on the locale, which a daemon has none of.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The text with blanks behind it up to `width` cells; one that is wider is left as it is.
[[nodiscard]] std::string padded(std::string text, std::size_t width);

}  // namespace charmux::frontend
