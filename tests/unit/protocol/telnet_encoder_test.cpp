// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/telnet_encoder.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "support/every_split.hpp"
#include "support/telnet_transcript.hpp"

using namespace charmux;
using namespace charmux::protocol;
using namespace charmux::test;

namespace {

Bytes encoded(BytesView in, bool binary, TelnetWireState state = {}) {
  Bytes out;
  telnet_encode(in, binary, state, out);
  return out;
}

/// What a client makes of the encoding, with BINARY on its ear where it was encoded so.
std::string decoded(const Bytes& encoding, bool binary) {
  const TelnetPeer client(TelnetRole::client);
  return transcript(client, binary ? Pieces{wire("WILL BINARY"), encoding} : Pieces{encoding}).heard;
}

/// The wire after `in` was sent so that each send took as many bytes as `take` says of what was offered, and the caller
/// went on from where telnet_progress() says.
template <class Take>
Bytes sent_in_parts(BytesView in, bool binary, const Take& take) {
  Bytes sent;
  TelnetWireState state;
  while (!in.empty() || state.owe_iac) {
    const Bytes offer = encoded(in, binary, state);
    const std::size_t taken = std::min<std::size_t>(take(), offer.size());
    append(sent, BytesView(offer).first(taken));
    const TelnetProgress progress = telnet_progress(in, binary, state, taken);
    in = in.subspan(progress.consumed);
    state = progress.state;
  }
  return sent;
}

/// Bytes of which most are those that the encoding treats in its own way.
Bytes random_text(std::mt19937& random, std::size_t size) {
  static const Bytes kOften = wire("CR LF NUL IAC IAC CR 'a' f0");
  Bytes text;
  while (text.size() < size)
    text.push_back(random() % 3 == 0 ? static_cast<std::byte>(random() & 0xFFU) : kOften[random() % kOften.size()]);
  return text;
}

}  // namespace

TEST_CASE("each byte has its own encoding, outside BINARY and in it") {
  for (unsigned value = 0; value < 256; ++value) {
    CAPTURE(value);
    const Bytes one = {static_cast<std::byte>(value)};
    const Bytes wanted = value == 255 ? wire("IAC IAC") : one;
    CHECK((encoded(one, false) == wanted));
    CHECK((encoded(one, true) == wanted));
    const Bytes after_cr = {std::byte{0x0D}, static_cast<std::byte>(value)};
    Bytes stuffed = value == 0x0A ? wire("CR") : wire("CR NUL");
    append(stuffed, wanted);
    CHECK((encoded(after_cr, false) == stuffed));
    Bytes bare = wire("CR");
    append(bare, wanted);
    CHECK((encoded(after_cr, true) == bare));
  }
}

TEST_CASE("a chunk's last CR is sent at once, and what it owes is settled by the next chunk's first byte") {
  struct Case {
    const char *first, *second, *second_nvt, *second_binary;
  };
  const std::vector<Case> cases = {{"'a' CR", "LF 'b'", "LF 'b'", "LF 'b'"},
                                   {"'a' CR", "'b'", "NUL 'b'", "'b'"},
                                   {"CR CR", "CR", "NUL CR", "CR"},
                                   {"CR", "NUL", "NUL NUL", "NUL"},
                                   {"CR", "IAC", "NUL IAC IAC", "IAC IAC"},
                                   {"CR LF", "'b'", "'b'", "'b'"},
                                   {"CR", "", "", ""}};
  for (const Case& c : cases) {
    CAPTURE(c.first);
    CAPTURE(c.second);
    for (const bool binary : {false, true}) {
      TelnetWireState state;
      Bytes out;
      telnet_encode(wire(c.first), binary, state, out);
      CHECK(out.back() == wire(c.first).back());
      CHECK(state.after_cr == (!binary && out.back() == std::byte{0x0D}));
      out.clear();
      telnet_encode(wire(c.second), binary, state, out);
      CHECK(shown(out) == shown(wire(binary ? c.second_binary : c.second_nvt)));
    }
  }
}

TEST_CASE("when BINARY changes behind a CR no NUL is owed, in either direction") {
  TelnetWireState state;
  Bytes out;
  telnet_encode(wire("CR"), false, state, out);
  telnet_encode(wire("'a'"), true, state, out);
  telnet_encode(wire("'b' CR"), true, state, out);
  telnet_encode(wire("'c'"), false, state, out);
  CHECK(shown(out) == shown(wire("CR 'a' 'b' CR 'c'")));
  CHECK(state == TelnetWireState{});
}

TEST_CASE("a CR still owes its NUL when BINARY came and went with no byte between") {
  TelnetWireState state{true, false};
  Bytes out;
  telnet_encode({}, true, state, out);
  telnet_encode(wire("'a'"), false, state, out);
  CHECK(shown(out) == shown(wire("NUL 'a'")));
}

TEST_CASE("an owed IAC comes first, whatever follows and though nothing does") {
  CHECK(shown(encoded(wire("'a'"), false, {false, true})) == shown(wire("IAC 'a'")));
  CHECK(shown(encoded(wire("IAC"), true, {false, true})) == shown(wire("IAC IAC IAC")));
  CHECK(shown(encoded({}, false, {false, true})) == shown(wire("IAC")));
  TelnetWireState settled{false, true};
  Bytes out;
  telnet_encode({}, false, settled, out);
  CHECK(settled == TelnetWireState{});
  CHECK(telnet_progress({}, false, {false, true}, 1) == TelnetProgress{0, {}});
  CHECK(telnet_progress({}, false, {false, true}, 0) == TelnetProgress{0, {false, true}});
}

TEST_CASE("a partial send is understood wherever it ends") {
  const Bytes in = wire("'a' IAC CR 'b' CR LF CR");
  // on the wire:        a  FF FF CR NUL b CR LF CR
  const std::vector<TelnetProgress> nvt = {{0, {}}, {1, {}}, {2, {false, true}}, {2, {}}, {3, {true, false}},
                                           {3, {}}, {4, {}}, {5, {true, false}}, {6, {}}, {7, {true, false}}};
  CHECK(encoded(in, false).size() == nvt.size() - 1);
  for (std::size_t sent = 0; sent < nvt.size(); ++sent) {
    CAPTURE(sent);
    CHECK(telnet_progress(in, false, {}, sent) == nvt[sent]);
  }
  const std::vector<TelnetProgress> binary = {{0, {}}, {1, {}}, {2, {false, true}}, {2, {}}, {3, {}}, {4, {}}, {5, {}},
                                              {6, {}}, {7, {}}};
  CHECK(encoded(in, true).size() == binary.size() - 1);
  for (std::size_t sent = 0; sent < binary.size(); ++sent) {
    CAPTURE(sent);
    CHECK(telnet_progress(in, true, {}, sent) == binary[sent]);
  }
}

TEST_CASE("a send that took everything leaves the state that the encoder left") {
  std::mt19937 random(854);
  for (int round = 0; round < 500; ++round) {
    const bool binary = round % 2 == 0;
    const Bytes in = random_text(random, random() % 20);
    const TelnetWireState before{random() % 3 == 0, random() % 3 == 0};
    TelnetWireState after = before;
    Bytes out;
    telnet_encode(in, binary, after, out);
    if (in.empty()) continue;
    CHECK(telnet_progress(in, binary, before, out.size()) == TelnetProgress{in.size(), after});
  }
}

TEST_CASE("any sequence of partial sends puts the one encoding on the wire, and a client reads the source from it") {
  std::mt19937 random(1143);
  for (int round = 0; round < 300; ++round) {
    const bool binary = round % 2 == 0;
    const Bytes in = random_text(random, random() % 40);
    const Bytes whole = encoded(in, binary);
    CAPTURE(shown(in));
    for (std::size_t step = 1; step <= whole.size(); ++step)
      CHECK((sent_in_parts(in, binary, [&] { return step; }) == whole));
    for (int i = 0; i < 10; ++i) CHECK((sent_in_parts(in, binary, [&] { return random() % 6; }) == whole));
    CHECK(decoded(whole, binary) == shown(in));
  }
}

TEST_CASE("a source encoded in chunks gives the encoding of the whole") {
  std::mt19937 random(858);
  for (int round = 0; round < 100; ++round) {
    const bool binary = round % 2 == 0;
    const Bytes in = random_text(random, random() % 40);
    every_split(in, [&](const Pieces& pieces) {
      TelnetWireState state;
      Bytes out;
      for (const Bytes& piece : pieces) telnet_encode(piece, binary, state, out);
      return out;
    });
  }
}
