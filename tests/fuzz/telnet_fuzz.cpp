// SPDX-License-Identifier: Apache-2.0
// Both ends decode the same however the input is cut (the first byte: piece size, role), and so does a client that does
// not know yet whether it is QEMU that talks; what is encoded is decoded.
#include "charmux/protocol/telnet_client.hpp"
#include "charmux/protocol/telnet_encoder.hpp"
#include "fuzz/fuzz.hpp"
#include "support/telnet_transcript.hpp"

using namespace charmux;
using namespace charmux::protocol;

namespace {

/// What a client makes of QEMU's greeting and the pieces.
std::pair<Bytes, Bytes> heard(const test::Pieces& pieces) {
  TelnetClient client;
  std::pair<Bytes, Bytes> out;
  client.feed(test::wire("WILL ECHO WILL SGA WILL BINARY DO BINARY"), out.first, out.second);
  for (const Bytes& piece : pieces) client.feed(piece, out.first, out.second);
  client.settle(out.first);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const BytesView in = fuzz::bytes(data + 1, size - 1);
  const std::size_t step = 1U + (data[0] & 31U);
  const TelnetPeer peer(data[0] < 128 ? TelnetRole::server : TelnetRole::client);
  FUZZ_REQUIRE(test::transcript(peer, {Bytes(in.begin(), in.end())}) ==
               test::transcript(peer, test::pieces_of(step, in)));

  FUZZ_REQUIRE(heard({Bytes(in.begin(), in.end())}) == heard(test::pieces_of(step, in)));

  const bool binary = (data[0] & 64U) != 0;
  Bytes wire;
  TelnetWireState state;
  telnet_encode(in, binary, state, wire);
  auto [consumed, rest] = telnet_progress(in, binary, {}, wire.size() * step / 32U);
  Bytes again(wire.data(), wire.data() + wire.size() * step / 32U);
  telnet_encode(in.subspan(consumed), binary, rest, again);
  const test::Pieces heard = {binary ? test::wire("WILL BINARY") : Bytes{}, wire};
  const std::string decoded = test::transcript(TelnetPeer(TelnetRole::client), heard).heard;
  FUZZ_REQUIRE(again == wire && rest == state && decoded == test::shown(in));
  return 0;
}
