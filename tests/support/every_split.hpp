// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <cstddef>

#include "charmux/base/bytes.hpp"
#include "support/pieces.hpp"

namespace charmux::test {

/// Demands that a decoder is indifferent to how its input is cut. `run` feeds pieces to a fresh decoder and returns
/// what it made of them as a value with ==, adjacent data joined. It is called with the input whole, byte by byte, and
/// in two pieces for every cut; returns what it made of the whole.
template <class Run>
auto every_split(BytesView input, const Run& run) {
  auto whole = run(Pieces{Bytes(input.begin(), input.end())});
  CHECK_MESSAGE((run(pieces_of(1, input)) == whole), "fed byte by byte");
  for (std::size_t cut = 1; cut < input.size(); ++cut) {
    const BytesView head = input.first(cut);
    const BytesView tail = input.subspan(cut);
    const Pieces two = {Bytes(head.begin(), head.end()), Bytes(tail.begin(), tail.end())};
    CHECK_MESSAGE((run(two) == whole), "cut after byte " << cut);
  }
  return whole;
}

}  // namespace charmux::test
