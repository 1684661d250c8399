// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/terminal.hpp"

namespace charmux::protocol {

bool is_terminal_answer(BytesView bytes) {
  std::string_view rest = as_text(bytes);
  if (rest.empty()) return false;
  while (!rest.empty()) {
    if (rest.substr(0, 2) != "\x1b[") return false;
    const std::size_t end = rest.find_first_not_of("?>;0123456789", 2);
    if (end == std::string_view::npos || (rest[end] != 'R' && rest[end] != 'n' && rest[end] != 'c')) return false;
    rest.remove_prefix(end + 1);
  }
  return true;
}

}  // namespace charmux::protocol
