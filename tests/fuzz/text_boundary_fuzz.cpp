// SPDX-License-Identifier: Apache-2.0
// A boundary found is one, and the first; a replay begins at a boundary and gives what is wanted (the first two bytes).
#include "charmux/protocol/text_boundary.hpp"
#include "fuzz/fuzz.hpp"

using namespace charmux;
using namespace charmux::protocol;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const BytesView text = fuzz::bytes(data + 2, size - 2);
  const std::size_t cut = text.size() - std::min<std::size_t>(data[0], text.size());
  const auto boundary = bytes_to_boundary(text.first(cut), text.subspan(cut));
  const std::size_t passed = boundary.value_or(text.size() - cut);
  for (std::size_t i = 0; i < passed; ++i) FUZZ_REQUIRE(position_after(text.first(cut + i)).inside_sequence);
  FUZZ_REQUIRE(position_after(text.first(cut + passed)).inside_sequence == !boundary);

  const std::size_t slack = data[1];
  const std::size_t begin = replay_start(text, data[0], slack, true);
  FUZZ_REQUIRE(begin <= text.size() && begin + slack >= cut);
  FUZZ_REQUIRE(!position_after(text.first(begin)).inside_sequence || (begin == cut && !boundary));
  FUZZ_REQUIRE(begin <= cut || (boundary && begin == cut + *boundary));
  FUZZ_REQUIRE(replay_start(text, data[0], slack, false) <= text.size());
  return 0;
}
