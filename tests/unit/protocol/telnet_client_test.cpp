// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/telnet_client.hpp"

#include <doctest/doctest.h>

#include "support/every_split.hpp"
#include "support/telnet_transcript.hpp"

using namespace charmux;
using namespace charmux::protocol;
using namespace charmux::test;

namespace {

const std::string kQemu = "WILL ECHO WILL SGA WILL BINARY DO BINARY ";
const std::string kAgreed = shown(wire("DO ECHO DO SGA DO BINARY WILL BINARY DO TM"));

struct Heard {
  std::string data;
  std::string said;
  bool unsettled = false;
  bool transparent = false;
  friend bool operator==(const Heard&, const Heard&) = default;
};

Heard hear(const Pieces& pieces) {
  TelnetClient client;
  Bytes data;
  Bytes replies;
  for (const Bytes& piece : pieces) client.feed(piece, data, replies);
  return {shown(data), shown(replies), client.unsettled(), client.transparent()};
}

Heard heard(const std::string& line) { return every_split(wire(line), hear); }

/// What it is once the time for an answer is over.
std::string settled(const std::string& line) {
  TelnetClient client;
  Bytes data;
  Bytes replies;
  client.feed(wire(line), data, replies);
  client.settle(data);
  return shown(data);
}

}  // namespace

TEST_CASE("QEMU's greeting is agreed to, and a timing mark asked for") {
  CHECK(heard(kQemu) == Heard{"", kAgreed, true, false});
  CHECK(heard(kQemu + "'login: ' CR LF") == Heard{"login: \\r\\n", kAgreed, true, false});
}

TEST_CASE("from QEMU each 0xFF is data, whatever stands behind it") {
  CHECK(heard(kQemu + "'a' FF 'b' FF FF FF F0") == Heard{"a\\xffb\\xff\\xff\\xff\\xf0", kAgreed, false, true});
  CHECK(heard(kQemu + "FF FF") == Heard{"\\xff\\xff", kAgreed, false, true});
  CHECK(heard(kQemu + "'a' FF FB 'x'") == Heard{"a\\xff\\xfbx", kAgreed, false, true});
  CHECK(heard(kQemu + "'a' FF FD 06") == Heard{"a\\xff\\xfd\\x06", kAgreed, false, true});
  CHECK(heard(kQemu + "CR NUL 'x' FF 'y' CR NUL") == Heard{"\\r\\0x\\xffy\\r\\0", kAgreed, false, true});
}

TEST_CASE("an 0xFF that is the last byte of all is data once the time for an answer is over") {
  CHECK(heard(kQemu + "'a' FF") == Heard{"a", kAgreed, true, false});
  CHECK(settled(kQemu + "'a' FF") == "a\\xff");
  CHECK(settled(kQemu + "'a' FF FB") == "a\\xff\\xfb");
}

TEST_CASE("whoever answers the mark is a terminal server: its 0xFF are doubled, its commands are commands") {
  for (const std::string answer : {"WONT TM ", "WILL TM "}) {
    CHECK(heard(kQemu + answer + "'a' IAC IAC 'b' NOP 'c' DO NAWS") ==
          Heard{"a\\xffbc", kAgreed + shown(wire("WONT NAWS")), false, false});
    CHECK(heard(kQemu + "'early ' " + answer + "IAC IAC").data == "early \\xff");
  }
}

TEST_CASE("whoever says more options behind QEMU's greeting is a terminal server, too") {
  CHECK(heard(kQemu + "DO NAWS DO TTYPE 'a' IAC IAC") ==
        Heard{"a\\xff", kAgreed + shown(wire("WONT NAWS WONT TTYPE")), false, false});
  CHECK(settled(kQemu + "DO NAWS IAC IAC") == "\\xff");
}

TEST_CASE("a server that greets in its own way, or not at all, is no QEMU, and is asked for nothing") {
  CHECK(heard("WILL SGA WILL ECHO 'login' CR NUL IAC IAC") ==
        Heard{"login\\r\\xff", shown(wire("DO SGA DO ECHO")), false, false});
  CHECK(heard("'Port in use' CR LF") == Heard{"Port in use\\r\\n", "", false, false});
  CHECK(heard("WILL ECHO 'x'") == Heard{"x", shown(wire("DO ECHO")), false, false});
}

TEST_CASE("what is typed is encoded as was agreed: to QEMU CR stays alone") {
  const auto typed = [](const std::string& greeting) {
    TelnetClient client;
    Bytes data;
    Bytes out;
    client.feed(wire(greeting), data, out);
    out.clear();
    client.encode(wire("'a' CR 'b' FF"), out);
    TelnetClient::encode_break(out);
    return shown(out);
  };
  CHECK(typed(kQemu) == shown(wire("'a' CR 'b' IAC IAC BRK")));
  CHECK(typed("WILL ECHO") == shown(wire("'a' CR NUL 'b' IAC IAC BRK")));
}
