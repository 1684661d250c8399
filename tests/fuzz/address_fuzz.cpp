// SPDX-License-Identifier: Apache-2.0
// What is accepted reads back from its own text as the same; what is refused says why.
#include "charmux/address/backend_address.hpp"
#include "charmux/address/parts.hpp"
#include "fuzz/fuzz.hpp"

using namespace charmux;
using namespace charmux::address;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(fuzz::bytes(data, size));
  const auto console = parse_console(text);
  const auto backend = parse_backend(text);
  FUZZ_REQUIRE(console || !console.error().text.empty());
  FUZZ_REQUIRE(backend || !backend.error().text.empty());
  if (backend) FUZZ_REQUIRE(parse_backend(to_text(*backend)) == *backend);
  if (console) FUZZ_REQUIRE(parse_console(console->name + "=" + to_text(console->backend)) == *console);

  const auto parts = split(text);
  if (!parts) return 0;
  for (const Side side : {Side::connect, Side::listen}) {
    const auto place = parse_place(parts->place, side);
    if (!place) continue;
    const auto again = split("x:" + to_text(*place));
    FUZZ_REQUIRE(again && again->options.empty() && parse_place(again->place, side) == *place);
    FUZZ_REQUIRE(overlap(*place, *place));
  }
  return 0;
}
