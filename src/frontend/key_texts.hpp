// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "console/console.hpp"

/// What a viewer's keys answer: notices, or tables headed by one; lines are ended by CR LF, the last by nothing.
namespace charmux::frontend::key_texts {

/// The most viewers that who() lists.
inline constexpr std::size_t kMostListed = 100;

/// All keys; `keys` is the escape sequence, as text.
[[nodiscard]] std::string help(std::string_view keys);
/// Who watches the console, `asker` among them.
[[nodiscard]] std::string who(const console::Viewer& asker);
[[nodiscard]] std::string information(const console::Console& console);
/// What to do instead of a key that conserver has and charmux has not; empty: it is none of these.
[[nodiscard]] std::string not_here(char key, std::string_view keys);
/// A key that nobody has.
[[nodiscard]] std::string unknown(char key, std::string_view keys);

}  // namespace charmux::frontend::key_texts
