// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "charmux/base/bytes.hpp"

namespace charmux::test {

/// An input as it may arrive: each piece in memory of its own size, so that a sanitizer sees a read past its end.
using Pieces = std::vector<Bytes>;

/// `input` in pieces of `size` bytes; the last may be shorter.
inline Pieces pieces_of(std::size_t size, BytesView input) {
  Pieces pieces;
  while (!input.empty()) {
    const BytesView piece = input.first(std::min(size, input.size()));
    pieces.emplace_back(piece.begin(), piece.end());
    input = input.subspan(piece.size());
  }
  return pieces;
}

}  // namespace charmux::test
