// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/network.hpp"

#include <doctest/doctest.h>

using namespace charmux;
using namespace charmux::address;

namespace {

IpBytes ip(std::string_view text) { return parse_network(text)->address; }

std::string why_not(std::string_view text) {
  const auto network = parse_network(text);
  return network ? "a network: " + to_text(*network) : network.error().text;
}

}  // namespace

TEST_CASE("a network is read and written back") {
  for (const char* const text : {"10.0.0.0/8", "0.0.0.0/0", "192.0.2.7/32", "192.0.2.6/31", "fd00::/8", "::/0",
                                 "::1/128", "2001:db8:0:8000::/49"})
    CHECK(to_text(*parse_network(text)) == text);
  CHECK(to_text(*parse_network("192.0.2.7")) == "192.0.2.7/32");
  CHECK(to_text(*parse_network("::1")) == "::1/128");
  CHECK(*parse_network("::ffff:10.0.0.0/104") == *parse_network("10.0.0.0/8"));
}

TEST_CASE("an address is in a network when the first bits are its") {
  const auto in = [](std::string_view network, std::string_view address) {
    return contains(*parse_network(network), ip(address));
  };
  CHECK(in("10.0.0.0/8", "10.255.255.255"));
  CHECK_FALSE(in("10.0.0.0/8", "11.0.0.0"));
  CHECK(in("192.0.2.6/31", "192.0.2.7"));
  CHECK_FALSE(in("192.0.2.6/31", "192.0.2.8"));
  CHECK(in("0.0.0.0/0", "203.0.113.9"));
  CHECK_FALSE(in("0.0.0.0/0", "::1"));
  CHECK(in("::/0", "203.0.113.9"));  // every address there is
  CHECK(in("fd00::/8", "fdff::1"));
  CHECK_FALSE(in("fd00::/8", "fe00::1"));
  CHECK(in("2001:db8:0:8000::/49", "2001:db8:0:ffff::"));
  CHECK_FALSE(in("2001:db8:0:8000::/49", "2001:db8:0:7fff::"));
}

TEST_CASE("what is no network is refused, with what is meant where that can be told") {
  const std::string no = " is no network: write an address and its bits, such as 10.0.0.0/8 or fd00::/8";
  for (const std::string text : {"", "/8", "10.0.0/8", "example.org", "[::1]", "10.0.0.0.0", "1.2.3.4 ", "*"})
    CHECK(why_not(text) == "'" + text + "'" + no);
  for (const std::string text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/8/8", "10.0.0.0/-1"})
    CHECK(why_not(text) == "'" + text + "': behind the / stand the bits of the network, 0 to 32");
  CHECK(why_not("::/129") == "'::/129': behind the / stand the bits of the network, 0 to 128");
  CHECK(why_not("10.1.2.3/8") == "'10.1.2.3/8' has bits set behind its first 8: 10.0.0.0/8 is meant, perhaps");
  CHECK(why_not("fd00::1/8") == "'fd00::1/8' has bits set behind its first 8: fd00::/8 is meant, perhaps");
}
