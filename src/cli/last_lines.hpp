// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "charmux/base/bytes.hpp"

namespace charmux::cli {

/// Where the last `lines` lines begin, as tail(1) counts: a line ends with its LF, and what stands behind the last LF
/// is a line, too. Nothing where there are fewer line ends than it takes to know, so that more may be looked at.
[[nodiscard]] std::optional<std::size_t> last_lines(BytesView bytes, std::uint64_t lines);

}  // namespace charmux::cli
