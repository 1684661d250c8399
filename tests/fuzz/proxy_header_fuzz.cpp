// SPDX-License-Identifier: Apache-2.0
// A header is made out at one byte, neither sooner nor later whatever follows, and is no longer than it may be.
#include "charmux/protocol/proxy_header.hpp"
#include "fuzz/fuzz.hpp"

using namespace charmux;
using namespace charmux::protocol;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView received = fuzz::bytes(data, size);
  const auto whole = read_proxy_header(received);
  FUZZ_REQUIRE(whole || !whole.error().text.empty());
  if (!whole || !*whole) {
    FUZZ_REQUIRE(!whole || size < kLongestProxyHeader);
    return 0;
  }
  const std::size_t length = (*whole)->length;
  FUZZ_REQUIRE(length <= size && length <= kLongestProxyHeader);
  const auto again = read_proxy_header(received.first(length));
  FUZZ_REQUIRE(again && *again == *whole);
  const auto shorter = read_proxy_header(received.first(length - 1));
  FUZZ_REQUIRE(shorter && !*shorter);
  return 0;
}
