// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/com_port.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/every_split.hpp"
#include "support/telnet_transcript.hpp"

using namespace charmux;
using namespace charmux::protocol;
using namespace charmux::test;

namespace {

using Command = ComPortCommand;

struct Case {
  struct {
    Command command;
    std::uint32_t value;
    const char* text = "";
  } said;
  const char* client;  ///< its payload on the wire, as a client sends it
  const char* server;
  [[nodiscard]] ComPortMessage message() const { return {said.command, said.value, said.text}; }
};

constexpr Case kCases[] = {
    {{Command::signature, 0, ""}, "00", "64"},
    {{Command::signature, 0, "a\xff"}, "00 61 IAC IAC", "64 61 IAC IAC"},
    {{Command::set_baudrate, 0}, "01 00 00 00 00", "65 00 00 00 00"},
    {{Command::set_baudrate, 115'200}, "01 00 01 c2 00", "65 00 01 c2 00"},
    {{Command::set_baudrate, 0xFFFF'FFFF}, "01 IAC IAC IAC IAC IAC IAC IAC IAC", "65 IAC IAC IAC IAC IAC IAC IAC IAC"},
    {{Command::set_datasize, 8}, "02 08", "66 08"},
    {{Command::set_parity, 1}, "03 01", "67 01"},
    {{Command::set_stopsize, 2}, "04 02", "68 02"},
    {{Command::set_control, 5}, "05 05", "69 05"},
    {{Command::notify_linestate, 0x10}, "06 10", "6a 10"},
    {{Command::notify_modemstate, 0xFF}, "07 IAC IAC", "6b IAC IAC"},
    {{Command::flowcontrol_suspend, 0}, "08", "6c"},
    {{Command::flowcontrol_resume, 0}, "09", "6d"},
    {{Command::set_linestate_mask, 0xF0}, "0a f0", "6e f0"},
    {{Command::set_modemstate_mask, 0xFF}, "0b IAC IAC", "6f IAC IAC"},
    {{Command::purge_data, 3}, "0c 03", "70 03"},
};

std::string sent(const std::string& payload) { return "SB COMPORT " + payload + " SE"; }
std::string on_wire(const std::string& payload) { return shown(wire(sent(payload))); }

/// What an end that has agreed on the option makes of the line, however it is cut.
Transcript heard(TelnetRole role, const std::string& line) {
  return every_split(wire("WILL COMPORT " + line), [role](const Pieces& pieces) {
    TelnetPeer peer(role);
    peer.allow_com_port();
    return transcript(peer, pieces);
  });
}

std::optional<ComPortMessage> parsed(const std::string& payload, bool from_server) {
  return parse_com_port(wire(payload), from_server);
}

}  // namespace

TEST_CASE("each command is written as RFC 2217 has it, for a client and for a server") {
  for (const Case& c : kCases) {
    CAPTURE(c.client);
    Bytes client;
    write_com_port(c.message(), false, client);
    CHECK(shown(client) == on_wire(c.client));
    Bytes server;
    write_com_port(c.message(), true, server);
    CHECK(shown(server) == on_wire(c.server));
  }
}

TEST_CASE("each command is heard by the other end, however it is cut, and only as that end's") {
  for (const Case& c : kCases) {
    CAPTURE(c.client);
    CHECK(heard(TelnetRole::server, sent(c.client) + " 'x'").heard == shown(c.message()) + "x");
    CHECK(heard(TelnetRole::server, sent(c.server) + " 'x'").heard == "x");
    CHECK(heard(TelnetRole::client, sent(c.server) + " 'x'").heard == shown(c.message()) + "x");
    CHECK(heard(TelnetRole::client, sent(c.client) + " 'x'").heard == "x");
  }
}

TEST_CASE("what is too short or no command is none, and what stands behind a value is not looked at") {
  for (const char* none : {"", "01", "01 00 00 00", "02", "05", "0c", "0d", "63", "64", "ff"})
    CHECK_FALSE(parsed(none, false));
  for (const char* none : {"", "65 00 00 00", "66", "6a", "6b", "71", "00", "0c", "ff"})
    CHECK_FALSE(parsed(none, true));
  CHECK(parsed("02 08 09", false) == ComPortMessage{Command::set_datasize, 8});
  CHECK(parsed("08 01", false) == ComPortMessage{Command::flowcontrol_suspend});
}

TEST_CASE("a client's notice without a value asks for the server's") {
  CHECK(parsed("07", false) == ComPortMessage{Command::notify_modemstate});
  CHECK(parsed("06", false) == ComPortMessage{Command::notify_linestate});
}

TEST_CASE("commands count only while the option is in force, on whichever side it was asked for") {
  const auto server_hears = [](const std::string& line) {
    TelnetPeer peer(TelnetRole::server);
    peer.allow_com_port();
    return transcript(peer, {wire(line + " SB COMPORT 02 08 SE")}).heard;
  };
  CHECK(server_hears("") == "");
  CHECK(server_hears("WILL COMPORT") == "<port 2 8>");
  CHECK(server_hears("DO COMPORT") == "<port 2 8>");
  CHECK(server_hears("WILL COMPORT DO COMPORT WONT COMPORT") == "<port 2 8>");
  CHECK(server_hears("WILL COMPORT WONT COMPORT") == "");
  CHECK(transcript(TelnetPeer(TelnetRole::server), {wire("WILL COMPORT SB COMPORT 02 08 SE")}).heard == "");
}

TEST_CASE("pyserial's opening is granted on both sides, and then its settings are heard") {
  const Transcript t = every_split(wire("DO ECHO WILL SGA DO SGA WILL COMPORT DO COMPORT DO BINARY WILL BINARY "
                                        "SB COMPORT 01 00 00 25 80 SE SB COMPORT 02 08 SE 'x'"),
                                   [](const Pieces& pieces) {
                                     TelnetPeer peer(TelnetRole::server);
                                     peer.want_com_port();
                                     Bytes greeting;
                                     peer.greet(greeting);
                                     return transcript(peer, pieces);
                                   });
  CHECK(t.heard == "<port 1 9600><port 2 8>x");
  CHECK(t.said == shown(wire("WILL ECHO WILL COMPORT")));
  CHECK((t.binary_in && t.binary_out));
}
