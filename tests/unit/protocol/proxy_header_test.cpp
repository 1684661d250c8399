// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/proxy_header.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "charmux/base/text.hpp"

using namespace charmux;
using namespace charmux::protocol;
using namespace std::string_literals;

namespace {

/// What is made of it, byte by byte as it comes: it must be clear at one byte, and stay so.
std::string read(const std::string& received) {
  std::string answer;
  for (std::size_t size = 0; size <= received.size(); ++size) {
    // In memory of its own size, so that a sanitizer sees a read past its end.
    const BytesView begin = as_bytes(received).first(size);
    const Bytes exact(begin.begin(), begin.end());
    const auto header = read_proxy_header(exact);
    std::string now;
    if (!header)
      now = header.error().text;
    else if (*header)
      now = (*header)->client.value_or("nobody") + ", then '" + printable(received.substr((*header)->length)) + "'";
    CHECK((answer.empty() || answer == now));
    answer = now;
  }
  return answer;
}

std::string v2(char command, char kind, const std::string& rest) {
  return "\r\n\r\n\0\r\nQUIT\n"s + command + kind + static_cast<char>(rest.size() / 256) +
         static_cast<char>(rest.size() % 256) + rest;
}

const std::string kFour = "\xC0\0\x02\x07\xC0\0\x02\x01\x9C\x41\x1B\x59"s;
const std::string kSix =
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x9C\x41\x1B\x59"s;

}  // namespace

TEST_CASE("a proxy says who its client is, and what follows is the client's") {
  CHECK(read("PROXY TCP4 192.0.2.7 192.0.2.1 40001 7001\r\nroot\r") == "192.0.2.7:40001, then 'root\\x0d'");
  CHECK(read("PROXY TCP6 2001:db8::7 2001:db8::1 40001 7001\r\n") == "[2001:db8::7]:40001, then ''");
  CHECK(read("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
             "65535 65535\r\n\n") == "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535, then '\\x0a'");
  CHECK(read(v2('\x21', '\x11', kFour) + "root") == "192.0.2.7:40001, then 'root'");
  CHECK(read(v2('\x21', '\x21', kSix) + "\xFF") == "[2001:db8::7]:40001, then '\\xff'");
}

TEST_CASE("what else a header of version 2 holds is skipped") {
  CHECK(read(v2('\x21', '\x11', kFour + "\x03\0\x04\x12\x34\x56\x78"s) + "x") == "192.0.2.7:40001, then 'x'");
  CHECK(read(v2('\x21', '\x11', kFour + std::string(kLongestProxyHeader - 16 - kFour.size(), 't')) + "x") ==
        "192.0.2.7:40001, then 'x'");
}

TEST_CASE("a proxy that speaks for itself, or does not know, names nobody") {
  CHECK(read("PROXY UNKNOWN\r\nx") == "nobody, then 'x'");
  CHECK(read("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n") == "nobody, then ''");
  CHECK(read(v2('\x20', '\0', "") + "x") == "nobody, then 'x'");
  CHECK(read(v2('\x20', '\x11', kFour)) == "nobody, then ''");
  CHECK(read(v2('\x21', '\0', "") + "x") == "nobody, then 'x'");
  CHECK(read(v2('\x21', '\x12', kFour) + "x") == "nobody, then 'x'");                  // UDP
  CHECK(read(v2('\x21', '\x31', std::string(216, 'p')) + "x") == "nobody, then 'x'");  // a UNIX socket
}

TEST_CASE("what is no PROXY header is known at its first wrong byte") {
  for (const std::string& text :
       {"root\r"s, "PROXX"s, "proxy TCP4"s, "\r\n\r\n\r"s, "\xFF\xFD\x01"s, "GET / HTTP/1.1"s})
    CHECK(read(text) == "sent no PROXY header");
  for (const std::string& begun : {""s, "PROXY"s, "PROXY TCP4 192.0.2.7 192.0.2.1 40001 7001\r"s, "\r\n\r\n\0\r\nQUI"s,
                                   v2('\x21', '\x11', kFour).substr(0, 27)})
    CHECK(read(begun).empty());
}

TEST_CASE("a wrong header says what is wrong with it") {
  const std::string wrong = "sent a wrong PROXY header: ";
  const std::string no_addresses = "it holds no two TCP4 addresses";
  CHECK(read("PROXY UDP4 192.0.2.7 192.0.2.1 1 2\r\n") == wrong + "its protocol is neither TCP4, TCP6 nor UNKNOWN");
  CHECK(read("PROXY TCP4 192.0.2 192.0.2.1 1 2\r\n") == wrong + no_addresses);
  CHECK(read("PROXY TCP4 192.0.2.7\r\n") == wrong + no_addresses);
  CHECK(read("PROXY TCP4  192.0.2.7 192.0.2.1 1 2\r\n") == wrong + no_addresses);
  CHECK(read("PROXY TCP4 ::1 ::2 1 2\r\n") == wrong + no_addresses);
  for (const std::string& ports : {""s, " 1"s, " 1 "s, " 1 65536"s, " -1 2"s, " 1 2 3"s, " x 2"s})
    CHECK(read("PROXY TCP4 192.0.2.7 192.0.2.1" + ports + "\r\n") == wrong + "two ports do not follow its addresses");
  CHECK(read("PROXY UNKNOWN " + std::string(93, 'x')) == wrong + "its line has more than 107 bytes");
  CHECK(read(v2('\x11', '\x11', kFour)) == wrong + "its version and command are not known");
  CHECK(read(v2('\x22', '\x11', kFour)) == wrong + "its version and command are not known");
  CHECK(read(v2('\x21', '\x41', kFour)) == wrong + "its address is of a kind that is not known");
  CHECK(read(v2('\x21', '\x13', kFour)) == wrong + "its address is of a kind that is not known");
  CHECK(read(v2('\x21', '\x21', kFour)) == wrong + "it is too short for its addresses");
  CHECK(read(v2('\x21', '\x11', std::string(521, 't'))) == wrong + "it has more than 536 bytes");
}

TEST_CASE("a reader that takes only what is sure to be the header's takes all of it, and nothing behind it") {
  for (const std::string& header :
       {"PROXY TCP4 192.0.2.7 192.0.2.1 40001 7001\r\n"s, "PROXY UNKNOWN\r\n"s, v2('\x21', '\x11', kFour),
        v2('\x20', '\0', ""), v2('\x21', '\x21', kSix + "\x03\0\x04\x12\x34\x56\x78"s)}) {
    const std::string stream = header + "\x16\x03\x01 the client's own";
    std::size_t taken = 0;
    for (;;) {
      const auto read = read_proxy_header(as_bytes(stream).first(taken));
      REQUIRE(read);
      if (*read) break;
      taken += proxy_header_needs(as_bytes(stream).first(taken));
    }
    CHECK(taken == header.size());
  }
}
