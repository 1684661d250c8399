// SPDX-License-Identifier: Apache-2.0
// TelnetPeer as the client of a person at a terminal.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "charmux/protocol/telnet.hpp"
#include "support/every_split.hpp"
#include "support/telnet_transcript.hpp"

using namespace charmux;
using namespace charmux::protocol;
using namespace charmux::test;

namespace {

/// What a client at a terminal makes of the input, however it is cut.
Transcript terminal_hears(const std::string& line, TelnetWindow window = {80, 24}) {
  return every_split(wire(line), [&](const Pieces& pieces) {
    TelnetPeer peer(TelnetRole::client);
    peer.have_terminal("xterm", window);
    return transcript(std::move(peer), pieces);
  });
}

std::string client_says(const std::string& line) {
  return every_split(wire(line),
                     [](const Pieces& pieces) { return transcript(TelnetPeer(TelnetRole::client), pieces); })
      .said;
}

}  // namespace

TEST_CASE("a client at a terminal tells its window when it is asked, and again when it changes") {
  CHECK(terminal_hears("DO NAWS").said == shown(wire("WILL NAWS SB NAWS 00 50 00 18 SE")));
  CHECK(terminal_hears("DO NAWS DO NAWS").said == terminal_hears("DO NAWS").said);
  CHECK(terminal_hears("DO NAWS", {255, 65535}).said == shown(wire("WILL NAWS SB NAWS 00 ff ff ff ff ff ff SE")));

  TelnetPeer peer(TelnetRole::client);
  peer.have_terminal("xterm", {80, 24});
  std::vector<TelnetEvent> events;
  Bytes replies;
  peer.resize({100, 30}, replies);
  CHECK(replies.empty());
  peer.feed(wire("DO NAWS"), events, replies);
  CHECK(shown(replies) == shown(wire("WILL NAWS SB NAWS 00 64 00 1e SE")));
  replies.clear();
  peer.resize({132, 43}, replies);
  CHECK(shown(replies) == shown(wire("SB NAWS 00 84 00 2b SE")));
  replies.clear();
  peer.feed(wire("DONT NAWS"), events, replies);
  peer.resize({80, 24}, replies);
  CHECK(shown(replies) == shown(wire("WONT NAWS")));
}

TEST_CASE("a client at a terminal tells its name to each who asks, if that was agreed on") {
  CHECK(terminal_hears("DO TTYPE SB TTYPE 01 SE").said == shown(wire("WILL TTYPE SB TTYPE 00 'xterm' SE")));
  CHECK(terminal_hears("SB TTYPE 01 SE 'x'").said.empty());
  CHECK(terminal_hears("DO TTYPE SB TTYPE 00 'a' SE SB TTYPE SE SB TTYPE 01 01 SE").said == shown(wire("WILL TTYPE")));
}

TEST_CASE("a client without a terminal has neither window nor name") {
  CHECK(client_says("DO NAWS DO TTYPE SB TTYPE 01 SE") == shown(wire("WONT NAWS WONT TTYPE")));
}

TEST_CASE("a client at a terminal still refuses that the server has one") {
  CHECK(terminal_hears("WILL NAWS WILL TTYPE").said == shown(wire("DONT NAWS DONT TTYPE")));
}

TEST_CASE("our client at a terminal and our server agree on everything") {
  TelnetPeer server(TelnetRole::server);
  TelnetPeer client(TelnetRole::client);
  client.have_terminal("xterm", {80, 24});
  Bytes to_client;
  server.greet(to_client);
  std::string heard;
  while (!to_client.empty()) {
    std::vector<TelnetEvent> events;
    Bytes to_server;
    client.feed(to_client, events, to_server);
    to_client.clear();
    server.feed(to_server, events, to_client);
    for (const TelnetEvent& event : events) heard += shown(event);
  }
  CHECK(heard == "<80x24><terminal xterm>");
  CHECK(client.binary_out());
  CHECK(client.binary_in());
}
