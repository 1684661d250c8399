// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/api_house.hpp"

/// The JSON of the API (docs/api.md). A text that is not UTF-8 is written with U+FFFD where it is not.
namespace charmux::frontend::api_json {

/// The list; `viewers` of each is a number.
[[nodiscard]] std::string consoles(const std::vector<ConsoleFacts>& all);
/// One of them; `viewers` is an array.
[[nodiscard]] std::string console(const ConsoleFacts& facts, const std::vector<ViewerFacts>& viewers);
[[nodiscard]] std::string daemon(const DaemonFacts& facts);
/// That something was done.
[[nodiscard]] std::string done();
[[nodiscard]] std::string error(std::string_view text, std::string_view hint);

/// The `text` of a broadcast's body. nullopt: the body is no object with such a text.
[[nodiscard]] std::optional<std::string> broadcast_text(std::string_view body);

}  // namespace charmux::frontend::api_json
