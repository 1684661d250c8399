// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "charmux/protocol/telnet_client.hpp"
#include "support/every_split.hpp"
#include "support/telnet_transcript.hpp"

using namespace charmux;
using namespace charmux::protocol;
using namespace charmux::test;
using ComPort = TelnetClient::ComPort;

namespace {

const std::string kQemu = "WILL ECHO WILL SGA WILL BINARY DO BINARY ";
/// What ser2net 4.3 says first.
const std::string kSer2net = "WILL SGA DO SGA WILL ECHO DONT ECHO DO BINARY WILL BINARY ";

struct Heard {
  std::string data;
  std::string said;
  ComPort port = ComPort::unwanted;
  std::vector<ComPortMessage> messages;
  friend bool operator==(const Heard&, const Heard&) = default;
};

/// A client that wants it, what it says beyond its wish, and a speed that it then tries to set.
Heard hear(const Pieces& pieces) {
  TelnetClient client;
  Bytes data;
  Bytes wish;
  client.want_com_port(wish);
  Bytes said;
  for (const Bytes& piece : pieces) client.feed(piece, data, said);
  const ComPort port = client.com_port();
  client.encode({ComPortCommand::set_baudrate, 9600}, said);
  return {shown(data), shown(said), port, client.take_messages()};
}

Heard heard(const std::string& line) { return every_split(wire(line), hear); }

const std::string kEcho = shown(wire("DO ECHO"));
const std::string kSetSpeed = shown(wire("SB COMPORT 01 00 00 25 80 SE"));

}  // namespace

TEST_CASE("the wish for COM-PORT-OPTION is of commands of three bytes, as QEMU would type any other into its guest") {
  TelnetClient client;
  CHECK(client.com_port() == ComPort::unwanted);
  Bytes wish;
  client.want_com_port(wish);
  CHECK(shown(wish) == shown(wire("WILL COMPORT WILL BINARY DO BINARY WILL SGA DO SGA")));
  CHECK(client.com_port() == ComPort::asked);
}

TEST_CASE("a server that agrees is told, and its answers are heard, with the data between them") {
  CHECK(heard(kSer2net + "DO COMPORT 'a' SB COMPORT 65 00 00 25 80 SE 'b' SB COMPORT 6B 30 SE") ==
        Heard{"ab",
              kEcho + kSetSpeed,
              ComPort::agreed,
              {{ComPortCommand::set_baudrate, 9600}, {ComPortCommand::notify_modemstate, 0x30}}});
  CHECK(heard("DO COMPORT").port == ComPort::agreed);
  // One that begins as QEMU does, and says more.
  CHECK(heard(kQemu + "DO COMPORT").port == ComPort::agreed);
  CHECK(heard(kQemu + "WONT TM DO COMPORT").port == ComPort::agreed);
}

TEST_CASE("a server that has not agreed, or refuses, is told nothing") {
  CHECK(heard(kSer2net + "'login: '") == Heard{"login: ", kEcho, ComPort::asked, {}});
  CHECK(heard(kSer2net + "DONT COMPORT") == Heard{"", kEcho, ComPort::refused, {}});
  CHECK(heard(kSer2net + "SB COMPORT 65 00 00 25 80 SE").messages.empty());
  CHECK(heard(kSer2net + "DO COMPORT DONT COMPORT").port == ComPort::refused);
}

TEST_CASE("QEMU's telnet is never sent a sub-negotiation, not even when its guest prints an agreement") {
  const std::string agreed = shown(wire("DO ECHO DO TM"));
  CHECK(heard(kQemu) == Heard{"", agreed, ComPort::asked, {}});
  CHECK(heard(kQemu + "'a' FF FD 2C 'b'") == Heard{"a\\xff\\xfd,b", agreed, ComPort::qemu, {}});
  TelnetClient client;
  Bytes data;
  Bytes said;
  client.want_com_port(said);
  client.feed(wire(kQemu), data, said);
  client.settle(data);
  CHECK(client.com_port() == ComPort::qemu);
}
