// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace charmux {

/// Bytes that somebody else owns, to read.
using BytesView = std::span<const std::byte>;
/// Bytes that somebody else owns, to fill.
using BytesSpan = std::span<std::byte>;
/// Bytes of one's own; what a codec appends its output to.
using Bytes = std::vector<std::byte>;

/// The bytes of a text, unchanged.
[[nodiscard]] inline BytesView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// The same bytes, seen as a text.
[[nodiscard]] inline std::string_view as_text(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Adds bytes at the end of others.
inline void append(Bytes& out, BytesView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

}  // namespace charmux
