// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace charmux {

/// The text with each control byte and each byte that is not valid UTF-8 written as \xNN, so that a name or a path can
/// neither move a terminal's cursor nor break a log line.
[[nodiscard]] std::string printable(std::string_view text);

/// The text with each byte that is not valid UTF-8 written as \xNN, and each \ as \\, so that the bytes can be had
/// back.
[[nodiscard]] std::string utf8_of(std::string_view bytes);

/// The text percent-encoded (RFC 3986: unreserved characters stay), so that it is a safe file name and URL segment.
/// "." and ".." are encoded too.
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// The known word nearest to a mistyped one (edit distance at most 2, and less than the word's length), or empty.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

/// "a, b or c".
[[nodiscard]] std::string either_of(std::span<const std::string_view> words);

}  // namespace charmux
