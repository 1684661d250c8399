// SPDX-License-Identifier: Apache-2.0
#include "cli/last_lines.hpp"

namespace charmux::cli {

std::optional<std::size_t> last_lines(BytesView bytes, std::uint64_t lines) {
  if (lines == 0) return bytes.size();
  std::uint64_t found = 0;
  // The last byte ends the last line or belongs to it: either way it begins none.
  for (std::size_t at = bytes.size(); at > 1; --at)
    if (bytes[at - 2] == std::byte{'\n'} && ++found == lines) return at - 1;
  return std::nullopt;
}

}  // namespace charmux::cli
