// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/telnet.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/every_split.hpp"
#include "support/telnet_transcript.hpp"

using namespace charmux;
using namespace charmux::protocol;
using namespace charmux::test;

namespace {

Bytes greeting() {
  Bytes replies;
  TelnetPeer(TelnetRole::server).greet(replies);
  return replies;
}

/// What a greeted server makes of the input, however it is cut; its greeting is left out.
Transcript server_hears(BytesView input) {
  return every_split(input, [](const Pieces& pieces) {
    TelnetPeer peer(TelnetRole::server);
    Bytes replies;
    peer.greet(replies);
    return transcript(peer, pieces);
  });
}
Transcript server_hears(const std::string& line) { return server_hears(wire(line)); }

Transcript client_hears(const std::string& line) {
  return every_split(wire(line),
                     [](const Pieces& pieces) { return transcript(TelnetPeer(TelnetRole::client), pieces); });
}

struct Case {
  std::string input;
  std::string heard;
};

const std::string kAskTerminal = shown(wire("SB TTYPE 01 SE"));
const std::string kNaws = "WILL NAWS SB NAWS ";

}  // namespace

TEST_CASE("a server's greeting is these bytes, and asks nobody to suppress go-ahead") {
  CHECK(shown(greeting()) == shown(wire("ff fb 01 ff fb 03 ff fb 00 ff fd 00 ff fd 1f ff fd 18")));
}

TEST_CASE("outside BINARY, Enter reaches a server as one CR, whichever of its forms a client sends") {
  const std::vector<Case> cases = {
      {"'a' CR NUL 'b'", R"(a\rb)"},    {"'a' CR LF 'b'", R"(a\rb)"},
      {"'a' CR 'b'", R"(a\rb)"},        {"'a' LF 'b'", R"(a\nb)"},
      {"NUL 'a' NUL", R"(\0a\0)"},      {"CR CR LF", R"(\r\r)"},
      {"CR LF LF", R"(\r\n)"},          {"CR NUL NUL", R"(\r\0)"},
      {"CR LF NUL", R"(\r\0)"},         {"CR NUL CR NUL CR LF", R"(\r\r\r)"},
      {"CR NOP LF 'b'", R"(\rb)"},      {"CR AYT NUL 'b'", R"(\r<ayt>b)"},
      {"CR DO 01 LF 'b'", R"(\rb)"},    {"CR SB 63 61 SE LF LF", R"(\r\n)"},
      {"CR IAC IAC LF", R"(\r\xff\n)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.input);
    CHECK(server_hears(c.input).heard == c.heard);
  }
}

TEST_CASE("in BINARY every byte but a doubled 0xFF passes as it is") {
  const std::vector<Case> cases = {
      {"CR NUL 'b'", R"(\r\0b)"},       {"CR LF 'b'", R"(\r\nb)"}, {"CR 'b'", R"(\rb)"}, {"LF", R"(\n)"},
      {"CR IAC IAC LF", R"(\r\xff\n)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.input);
    const Transcript t = server_hears("WILL BINARY " + c.input);
    CHECK(t.heard == c.heard);
    CHECK(t.binary_in);
    CHECK_FALSE(t.binary_out);
    CHECK(server_hears("DO BINARY " + c.input).heard != R"(\r\0b)");
  }
}

TEST_CASE("a change of BINARY acts from the byte after it") {
  CHECK(server_hears("CR LF WILL BINARY CR LF WONT BINARY CR LF 'x'").heard == R"(\r\r\n\rx)");
  CHECK(server_hears("CR WILL BINARY LF").heard == R"(\r\n)");
  CHECK(server_hears("WILL BINARY CR WONT BINARY LF").heard == R"(\r\n)");
  CHECK(server_hears("WILL BINARY CR WONT BINARY NUL").heard == R"(\r\0)");
}

TEST_CASE("to a client CR LF is two bytes, since a server's text moves down with it") {
  CHECK(client_hears("'a' CR LF 'b' CR NUL 'c' CR NUL LF CR 'd'").heard == R"(a\r\nb\rc\r\n\rd)");
  CHECK(client_hears("WILL BINARY 'a' CR NUL CR LF").heard == R"(a\r\0\r\n)");
}

TEST_CASE("a doubled 0xFF is one byte of data") {
  CHECK(server_hears("IAC IAC").heard == R"(\xff)");
  CHECK(server_hears("'a' IAC IAC IAC IAC 'b' IAC IAC").heard == R"(a\xff\xffb\xff)");
  CHECK(server_hears("IAC IAC BRK IAC IAC").heard == R"(\xff<brk>\xff)");
}

TEST_CASE("signals are told in their place among the data; nop, go-ahead and unknown commands vanish") {
  CHECK(server_hears("'a' BRK 'b' IP 'c' AO 'd' AYT 'e' EC 'f' EL 'g' DM 'h'").heard ==
        "a<brk>b<ip>c<ao>d<ayt>e<ec>f<el>g<dm>h");
  CHECK(server_hears("'a' NOP 'b' GA 'c' SE 'd' IAC ef 'e' IAC 00 'f' IAC 7f 'g'").heard == "abcdefg");
}

TEST_CASE("a window of any size is told, also when 0xF0 and 0xFF are among its bytes; one that says nothing is not") {
  const std::vector<Case> cases = {
      {"00 50 00 18 SE", "<80x24>"},
      {"00 f0 00 32 SE", "<240x50>"},
      {"00 IAC IAC 00 IAC IAC SE", "<255x255>"},
      {"IAC IAC IAC IAC IAC IAC IAC IAC SE", "<65535x65535>"},
      {"f0 f0 f0 f0 SE", "<61680x61680>"},
      {"00 84 00 00 SE", "<132x0>"},
      {"00 00 00 00 SE", ""},
      {"00 50 00 SE", ""},
      {"SE", ""},
      {"00 50 00 18 00 SE", ""},
      {"00 50 00 18 NOP SE", ""},
      {"00 50 00 WILL BINARY 18 SE", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.input);
    CHECK(server_hears(kNaws + c.input + " 'x'").heard == c.heard + "x");
  }
}

TEST_CASE("a client that does not double the 0xFF of its window (busybox 1.35) is still heard, and so is its window") {
  const auto hears = [](const std::string& window) {
    return server_hears("WILL NAWS SB NAWS " + window + " IAC f0 'x'").heard;
  };
  CHECK(hears("00 f0 00 ff") == server_hears("WILL NAWS SB NAWS 00 f0 00 IAC IAC SE 'x'").heard);
  CHECK(hears("00 ff 00 ff") == server_hears("WILL NAWS SB NAWS 00 IAC IAC 00 IAC IAC SE 'x'").heard);
  CHECK(hears("00 ff 00 32") == server_hears("WILL NAWS SB NAWS 00 IAC IAC 00 32 SE 'x'").heard);
  CHECK(hears("00 ff 00 32").find('x') != std::string::npos);
}

TEST_CASE("a window that was not agreed on is not listened to, and a client listens to none") {
  CHECK(server_hears("SB NAWS 00 50 00 18 SE 'x'").heard == "x");
  CHECK(server_hears("WILL NAWS WONT NAWS SB NAWS 00 50 00 18 SE 'x'").heard == "x");
  const Transcript client = client_hears("WILL NAWS SB NAWS 00 50 00 18 SE DO TTYPE SB TTYPE 01 SE 'x'");
  CHECK(client.heard == "x");
  CHECK(client.said == shown(wire("DONT NAWS WONT TTYPE")));
}

TEST_CASE("a terminal is asked for its name once, and the name is cut") {
  const Transcript t = server_hears("WILL TTYPE SB TTYPE 00 'xterm' SE WONT TTYPE WILL TTYPE SB TTYPE 00 'a' 1b SE");
  CHECK(t.heard == R"(<terminal xterm><terminal a\x1b>)");
  CHECK(t.said == kAskTerminal + shown(wire("DONT TTYPE DO TTYPE")));
  CHECK(server_hears("WILL TTYPE SB TTYPE 00 SE SB TTYPE 01 'x' SE SB TTYPE SE SB SE").heard.empty());
  const std::string longer(TelnetPeer::kMaxTerminalName + 1, 'n');
  CHECK(server_hears("WILL TTYPE SB TTYPE 00 '" + longer + "' SE").heard == "<terminal " + longer.substr(1) + ">");
}

TEST_CASE("a sub-negotiation without even an option says nothing") { CHECK(server_hears("SB SE 'x'").heard == "x"); }

TEST_CASE("a sub-negotiation at the limit is read, and one byte more drops it alone") {
  const std::string name(TelnetDecoder::kMaxSubnegotiation - 2, 'n');
  CHECK(server_hears("WILL TTYPE SB TTYPE 00 '" + name + "' SE 'x'").heard ==
        "<terminal " + name.substr(0, TelnetPeer::kMaxTerminalName) + ">x");
  CHECK(server_hears("WILL TTYPE SB TTYPE 00 '" + name + "n' SE 'x'").heard == "x");
}

TEST_CASE("a megabyte of sub-negotiation is swallowed, and the data after its end is heard") {
  Bytes input = wire("WILL TTYPE SB TTYPE 00");
  input.resize(input.size() + (1U << 20U), std::byte{'x'});
  append(input, wire("IAC IAC WILL ECHO SE 'ok' SB TTYPE 00 'vt100' SE"));
  for (const std::size_t size : {input.size(), std::size_t{4096}, std::size_t{1}}) {
    const Transcript t = transcript(TelnetPeer(TelnetRole::server), pieces_of(size, input));
    CHECK(t.heard == "ok<terminal vt100>");
  }
}

TEST_CASE("every pair of bytes after an IAC is survived, and what follows is heard") {
  for (unsigned first = 0; first < 256; ++first)
    for (unsigned second = 0; second < 256; ++second) {
      const Bytes input = {std::byte{255}, static_cast<std::byte>(first), static_cast<std::byte>(second)};
      const Transcript t = transcript(TelnetPeer(TelnetRole::server), {input, wire("NOP SE NOP 'end'")});
      CHECK(t.heard.ends_with("end"));
    }
}

TEST_CASE("real clients' negotiations end in what they can do, and each is answered no more than it needs") {
  struct Client {
    const char* name;
    std::string speaks;  ///< all it sends: unprompted, then in answer to the greeting, then what its user types
    std::string heard;
    std::string answers;
    bool binary_in, binary_out;
  };
  const std::vector<Client> clients = {
      {"inetutils-telnet 2.4",
       "DO ECHO DO SGA DO BINARY WILL BINARY WILL NAWS SB NAWS 00 50 00 18 SE WILL TTYPE SB TTYPE 00 'XTERM' SE "
       "'ls' CR DO TM SB NAWS 00 f0 00 32 SE SB NAWS 00 IAC IAC 00 IAC IAC SE IP DO TM",
       R"(<80x24><terminal XTERM>ls\r<mark><240x50><255x255><ip><mark>)", "SB TTYPE 01 SE", true, true},
      {"plink 0.78 -telnet",
       "WILL NAWS WILL TSPEED WILL TTYPE WILL NEWENV DO ECHO WILL SGA DO SGA DO BINARY WILL BINARY "
       "SB NAWS 00 50 00 18 SE SB TTYPE 00 'XTERM' SE 'ls' CR",
       R"(<80x24><terminal XTERM>ls\r)", "DONT TSPEED SB TTYPE 01 SE DONT NEWENV DO SGA", true, true},
      {"busybox telnet 1.35",
       "DO ECHO DO SGA DONT BINARY WONT BINARY WILL NAWS SB NAWS 00 50 00 18 SE WILL TTYPE SB TTYPE 00 'xterm' SE "
       "'ls' CR LF WONT TM",
       R"(<80x24><terminal xterm>ls\r)", "SB TTYPE 01 SE", false, false},
      {"busybox telnet 1.35, had it been told DO SGA", "DO ECHO DO SGA DONT SGA 'ls' CR LF", R"(ls\r)", "WONT SGA",
       false, false},
      {"curl 7.88 telnet://, which speaks when its user has typed",
       "'ls' LF DO ECHO DO SGA DO BINARY WILL BINARY WILL NAWS SB NAWS 00 00 00 00 SE WONT TTYPE WILL SGA 'id' LF",
       R"(ls\nid\n)", "DO SGA", true, true},
      {"gensiot 2.6.2 telnet", "DONT ECHO DONT SGA DO BINARY WILL BINARY WONT NAWS WONT TTYPE 'ls' CR 'id' CR",
       R"(ls\rid\r)", "", true, true},
      {"gensiot 2.6.2 telnet, without BINARY",
       "DONT ECHO DONT SGA DONT BINARY WONT BINARY WONT NAWS 'ls' CR 'id' CR WONT TM", R"(ls\rid\r)", "", false, false},
      {"pyserial 3.5 rfc2217://",
       "DO ECHO WILL SGA DO SGA WILL COMPORT DO COMPORT DO BINARY WILL BINARY WONT NAWS WONT TTYPE "
       "SB COMPORT 01 00 00 25 80 SE CR LF IAC IAC NUL",
       R"(\r\n\xff\0)", "DO SGA DONT COMPORT WONT COMPORT", true, true},
      {"conserver 8.2.7",
       "DO ECHO DO SGA DONT BINARY WONT BINARY WONT NAWS WONT TTYPE WONT SGA 'ls' CR 'x' BRK CR WONT TM",
       R"(ls\rx<brk>\r)", "", false, false},
      {"tintin++ and other MUD clients",
       "DO ECHO DONT BINARY WONT BINARY WILL NAWS SB NAWS 00 50 00 18 SE WILL TTYPE "
       "SB TTYPE 00 'TINTIN++' SE GA DO 56 DO c9 DO 45 'look' CR LF",
       R"(<80x24><terminal TINTIN++>look\r)", "SB TTYPE 01 SE WONT 56 WONT c9 WONT 45", false, false},
  };
  for (const Client& client : clients) {
    CAPTURE(client.name);
    const Transcript t = server_hears(client.speaks);
    CHECK(t.heard == client.heard);
    CHECK(t.said == shown(wire(client.answers)));
    CHECK(t.binary_in == client.binary_in);
    CHECK(t.binary_out == client.binary_out);
  }
}

TEST_CASE("a QEMU telnet chardev is met with all it offers, once") {
  const Transcript t = client_hears("WILL ECHO WILL SGA WILL BINARY DO BINARY 'login: '");
  CHECK(t.said == shown(wire("DO ECHO DO SGA DO BINARY WILL BINARY")));
  CHECK(t.heard == "login: ");
  CHECK(t.binary_in);
  CHECK(t.binary_out);
}

TEST_CASE("a client refuses what a server must not have, and never sends more than answers") {
  const Transcript t = client_hears("DO TTYPE DO NAWS DO ECHO WILL TM DO TM DO LINEMODE DO NEWENV WILL 56 AYT NOP 'x'");
  CHECK(t.said == shown(wire("WONT TTYPE WONT NAWS WONT ECHO DONT TM WONT TM WONT LINEMODE WONT NEWENV DONT 56")));
  CHECK(t.heard == "<ayt>x");
}

TEST_CASE("both ends of our own agree, and then are silent") {
  TelnetPeer server(TelnetRole::server);
  TelnetPeer client(TelnetRole::client);
  std::vector<TelnetEvent> events;
  Bytes to_client;
  Bytes to_server;
  server.greet(to_client);
  client.greet(to_server);
  int turns = 0;
  for (; turns < 10 && !(to_client.empty() && to_server.empty()); ++turns) {
    Bytes from_server = std::move(to_client);
    Bytes from_client = std::move(to_server);
    to_client.clear();
    to_server.clear();
    client.feed(from_server, events, to_server);
    server.feed(from_client, events, to_client);
  }
  CHECK(turns == 2);
  CHECK(events.empty());
  CHECK((server.binary_in() && server.binary_out() && client.binary_in() && client.binary_out()));
}

TEST_CASE("two servers, each offering what the other refuses, come to rest") {
  TelnetPeer left(TelnetRole::server);
  TelnetPeer right(TelnetRole::server);
  std::vector<TelnetEvent> events;
  Bytes to_left;
  Bytes to_right;
  left.greet(to_right);
  right.greet(to_left);
  int turns = 0;
  for (; turns < 20 && !(to_left.empty() && to_right.empty()); ++turns) {
    Bytes from_left = std::move(to_right);
    Bytes from_right = std::move(to_left);
    to_left.clear();
    to_right.clear();
    left.feed(from_right, events, to_right);
    right.feed(from_left, events, to_left);
  }
  CHECK(turns < 5);
  CHECK((left.binary_in() && left.binary_out()));
}
