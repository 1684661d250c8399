// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "charmux/base/bytes.hpp"
#include "charmux/history/ring.hpp"

namespace bench {

/// So many bytes of numbered lines, as a guest's console has them.
[[nodiscard]] std::string lines(std::size_t size);
/// The same with a colour set and reset in each line.
[[nodiscard]] std::string coloured_lines(std::size_t size);
/// So many bytes of one line that does not end.
[[nodiscard]] std::string one_line(std::size_t size);
/// So many random bytes, of which one in 256 is 0xFF.
[[nodiscard]] std::string random_bytes(std::size_t size);

/// A ring in a file of its own, which is gone when the ring is. Ends the process when there can be none.
[[nodiscard]] charmux::history::Ring new_ring(std::size_t size);
/// Adds bytes to it as a backend does: read into its windows.
void append(charmux::history::Ring& ring, charmux::BytesView bytes);

}  // namespace bench
