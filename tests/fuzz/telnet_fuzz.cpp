// SPDX-License-Identifier: Apache-2.0
// Both ends decode the same however the input is cut (the first byte: piece size, role, whether there is a serial
// port), and so does a client that does not know yet whether it is QEMU that talks; a Synch discards data and nothing
// else; what is encoded is decoded, commands of RFC 2217 too.
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

/// A peer that has said what it says first.
TelnetPeer greeted(TelnetRole role, bool port) {
  TelnetPeer peer(role);
  port ? peer.want_com_port() : peer.allow_com_port();
  Bytes greeting;
  peer.greet(greeting);
  return peer;
}

/// What is heard of the input but its data, all of it before the end of urgent data.
std::string signals(TelnetPeer peer, BytesView in, bool urgent) {
  std::vector<TelnetEvent> events;
  Bytes replies;
  peer.set_urgent(urgent);
  peer.feed(in, events, replies);
  std::string out;
  for (const TelnetEvent& event : events) {
    FUZZ_REQUIRE(!urgent || !std::holds_alternative<TelnetData>(event));
    if (!std::holds_alternative<TelnetData>(event)) out += test::shown(event);
  }
  return out + test::shown(replies);
}

/// The input as a command of RFC 2217, if it is one, comes back as what was written of it.
void round_trip(BytesView payload, bool from_server) {
  const auto message = parse_com_port(payload, from_server);
  if (!message) return;
  Bytes wire = test::wire(from_server ? "DO COMPORT" : "WILL COMPORT");
  write_com_port(*message, from_server, wire);
  TelnetPeer peer(from_server ? TelnetRole::client : TelnetRole::server);
  peer.allow_com_port();
  const bool fits = message->text.size() + 2 <= TelnetDecoder::kMaxSubnegotiation;
  FUZZ_REQUIRE(test::transcript(peer, {wire}).heard == (fits ? test::shown(*message) : ""));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const BytesView in = fuzz::bytes(data + 1, size - 1);
  const std::size_t step = 1U + (data[0] & 31U);
  const bool server = data[0] < 128;
  const TelnetPeer peer = greeted(server ? TelnetRole::server : TelnetRole::client, (data[0] & 32U) != 0);
  FUZZ_REQUIRE(test::transcript(peer, {Bytes(in.begin(), in.end())}) ==
               test::transcript(peer, test::pieces_of(step, in)));

  FUZZ_REQUIRE(signals(peer, in, true) == signals(peer, in, false));
  round_trip(in, !server);

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
