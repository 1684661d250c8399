// SPDX-License-Identifier: Apache-2.0
// The same messages and the same fault however the input is cut (the first byte: piece size, direction); a message that
// is written anew reads back as the same.
#include "fuzz/fuzz.hpp"
#include "support/http_transcript.hpp"

using namespace charmux;
using namespace charmux::protocol;

static std::string wire_of(const HttpRequest& request) { return to_wire(request, {}); }
static std::string wire_of(const HttpResponse& response) { return to_wire(response); }

template <class Decoder>
static void check(const test::Pieces& whole, const test::Pieces& pieces) {
  constexpr HttpLimits kLimits{512, 256};
  const auto heard = test::http_transcript<Decoder>(whole, kLimits, [](const auto& message) {
    const test::Pieces anew = test::pieces_of(1 << 20, as_bytes(wire_of(message)));
    FUZZ_REQUIRE(test::http_transcript<Decoder>(anew, HttpLimits{}) == test::HttpTranscript{test::shown(message)});
  });
  FUZZ_REQUIRE(heard == test::http_transcript<Decoder>(pieces, kLimits));
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const BytesView in = fuzz::bytes(data + 1, size - 1);
  const auto test = data[0] < 128 ? check<HttpRequestDecoder> : check<HttpResponseDecoder>;
  test({Bytes(in.begin(), in.end())}, test::pieces_of(1U + (data[0] & 31U), in));
  (void)parse_target(as_text(in));
  return 0;
}
