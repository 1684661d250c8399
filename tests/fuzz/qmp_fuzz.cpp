// SPDX-License-Identifier: Apache-2.0
// A stream gives the same messages and the same end however it is cut (the first byte: piece size); values never throw.
#include "charmux/protocol/qmp.hpp"
#include "charmux/protocol/qmp_values.hpp"
#include "fuzz/fuzz.hpp"
#include "support/pieces.hpp"

using namespace charmux;
using namespace charmux::protocol;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const BytesView in = fuzz::bytes(data + 1, size - 1);
  const std::string_view text = as_text(in);
  std::vector<QmpMessage> whole;
  const bool good = QmpDecoder().feed(in, whole).has_value();
  std::vector<QmpMessage> pieced;
  QmpDecoder decoder;
  bool good_so_far = true;
  for (const Bytes& piece : test::pieces_of(1U + data[0] % 32U, in))
    good_so_far = good_so_far && decoder.feed(piece, pieced).has_value();
  FUZZ_REQUIRE(good == good_so_far && whole == pieced);
  FUZZ_REQUIRE(qmp_text(json_string(text)).has_value());
  (void)(qmp_chardevs(text).has_value() && qmp_properties(text).has_value() && qmp_socket_address(text).has_value());
  (void)qmp_tpms(text).has_value();
  (void)(qmp_flag(text).has_value() || qmp_number(text).has_value() || qmp_member(text, "path").has_value());
  return 0;
}
