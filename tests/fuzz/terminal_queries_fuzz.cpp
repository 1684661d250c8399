// SPDX-License-Identifier: Apache-2.0
// Output is cut into the same parts wherever its windows end (the first byte says where), nothing of it is lost, and
// what passes asks nothing.
#include "charmux/protocol/terminal_queries.hpp"
#include "fuzz/fuzz.hpp"

using namespace charmux;
using namespace charmux::protocol;

namespace {

struct Sorted {
  Bytes passed, asked;
  friend bool operator==(const Sorted&, const Sorted&) = default;
};

/// Returns how much of the window's end is unfinished.
std::size_t sort(BytesView window, Sorted& sorted) {
  std::size_t at = 0;
  TerminalQueries queries(window);
  while (const auto query = queries.next()) {
    FUZZ_REQUIRE(query->begin >= at && query->length > 0 && query->begin + query->length <= window.size());
    append(sorted.passed, window.subspan(at, query->begin - at));
    at = query->begin + query->length;
    FUZZ_REQUIRE(!query->unfinished || (at == window.size() && query->length <= kLongestTerminalQuery));
    if (query->unfinished) return query->length;
    append(sorted.asked, window.subspan(query->begin, query->length));
  }
  append(sorted.passed, window.subspan(at));
  return 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const BytesView output = fuzz::bytes(data + 1, size - 1);
  Sorted whole;
  const std::size_t unfinished = sort(output, whole);
  FUZZ_REQUIRE(whole.passed.size() + whole.asked.size() + unfinished == output.size());
  FUZZ_REQUIRE(without_terminal_queries(output) == whole.passed);
  FUZZ_REQUIRE(without_terminal_queries(whole.passed) == whole.passed);

  Sorted pieces;
  const std::size_t piece = data[0] % 64 + std::size_t{1};
  std::size_t from = 0;
  std::size_t held = 0;
  for (std::size_t end = 0; end < output.size(); from = end - held) {
    end = std::min(output.size(), end + piece);
    held = sort(output.subspan(from, end - from), pieces);
  }
  FUZZ_REQUIRE(pieces == whole && held == unfinished);
  return 0;
}
