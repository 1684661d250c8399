// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/terminal.hpp"

#include <doctest/doctest.h>

using charmux::as_bytes;
using charmux::protocol::is_terminal_answer;

TEST_CASE("what terminals answer by themselves is told from what people type") {
  for (const auto* const answer : {"\x1b[7;8R", "\x1b[0n", "\x1b[?1;2c", "\x1b[>0;276;0c", "\x1b[1;1R\x1b[?62;c"})
    CHECK(is_terminal_answer(as_bytes(answer)));
  for (const auto* const typed :
       {"", "\x1b", "\x1b[", "\x1b[7;8", "\x1b[A", "\x1b[2~", "R", "\x1b[1;1Rx", "x\x1b[1;1R"})
    CHECK_FALSE(is_terminal_answer(as_bytes(typed)));
}
