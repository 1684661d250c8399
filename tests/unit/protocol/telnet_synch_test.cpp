// SPDX-License-Identifier: Apache-2.0
// RFC 854's Synch: what stands before the DM that TCP's urgent notification announces is discarded.
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "charmux/protocol/telnet.hpp"
#include "support/telnet_transcript.hpp"

using namespace charmux;
using namespace charmux::protocol;
using namespace charmux::test;

namespace {

/// What a server makes of pieces before the end of urgent data (true) and others.
std::string heard(TelnetPeer& peer, const std::vector<std::pair<bool, std::string>>& pieces) {
  std::string out;
  Bytes replies;
  for (const auto& [urgent, line] : pieces) {
    const Bytes bytes = wire(line);
    std::vector<TelnetEvent> events;
    peer.set_urgent(urgent);
    peer.feed(bytes, events, replies);
    for (const TelnetEvent& event : events) out += shown(event);
  }
  return out + shown(replies);
}

std::string server_hears(const std::vector<std::pair<bool, std::string>>& pieces) {
  TelnetPeer peer(TelnetRole::server);
  return heard(peer, pieces);
}

}  // namespace

TEST_CASE("a Synch discards data up to its DM, and no command") {
  // The urgent byte is the DM itself, as BSD's clients send it: a read ends before it.
  CHECK(server_hears({{false, "'a'"}, {true, "'bc' IP 'd' DO TM 'e' IAC"}, {false, "f2 'x'"}}) == "a<ip><mark><dm>x");
  // The urgent byte is the IAC before it.
  CHECK(server_hears({{true, "'a' BRK 'b'"}, {false, "DM 'x'"}}) == "<brk><dm>x");
  // Or the byte behind it: then what follows is not a Synch's.
  CHECK(server_hears({{true, "'a' DM"}, {false, "'x'"}}) == "<dm>x");
}

TEST_CASE("a Synch goes on behind the urgent data until its DM is met") {
  CHECK(server_hears({{true, "'a'"}, {false, "'b' NOP 'c' DM 'x'"}}) == "<dm>x");
  CHECK(server_hears({{true, "'a'"}, {false, "'b'"}, {false, "'c' AYT"}, {false, "'d' DM 'x'"}}) == "<ayt><dm>x");
}

TEST_CASE("the DM of an earlier Synch does not end a later one") {
  CHECK(server_hears({{true, "'a' DM 'b' DM 'c'"}, {false, "DM 'x'"}}) == "<dm><dm><dm>x");
  CHECK(server_hears({{true, "'a' DM"}, {true, "'b'"}, {false, "'c' DM 'x'"}}) == "<dm><dm>x");
}

TEST_CASE("a DM of which TCP said nothing discards nothing") {
  CHECK(server_hears({{false, "'ab' IP DM 'c' DM DM 'd'"}}) == "ab<ip><dm>c<dm><dm>d");
}

TEST_CASE("an option and a window are agreed on within a Synch as ever") {
  CHECK(server_hears({{true, "'a' WILL NAWS SB NAWS 00 50 00 18 SE 'b'"}, {false, "DM 'x'"}}) ==
        "<80x24><dm>x" + shown(wire("DO NAWS")));
}

TEST_CASE("what was discarded is counted") {
  TelnetPeer peer(TelnetRole::server);
  CHECK(heard(peer, {{false, "'abc'"}, {true, "'de' IAC IAC 'f'"}, {false, "'g' DM 'x'"}}) == "abc<dm>x");
  CHECK(peer.discarded() == 5);
}
