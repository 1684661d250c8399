// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "charmux/history/cursor.hpp"
#include "charmux/history/ring.hpp"
#include "console/viewer.hpp"

namespace charmux::console {

/// Where a viewer that attaches begins to read, by what its door gives it of the history.
[[nodiscard]] history::Cursor beginning(history::Ring& ring, const ViewerSettings& settings);

/// Where one that has fallen out of the ring goes on.
[[nodiscard]] std::uint64_t resumption(const history::Ring& ring, const ViewerSettings& settings);

}  // namespace charmux::console
