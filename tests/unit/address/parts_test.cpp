// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/parts.hpp"

#include <doctest/doctest.h>

using namespace charmux::address;

namespace {

std::string why(std::string_view text) {
  const auto parts = split(text);
  return parts ? "was accepted" : parts.error().text;
}

}  // namespace

TEST_CASE("an address is a scheme, a place and options with or without a value") {
  const auto parts = split("telnet:127.0.0.1:7001,console=c1,insecure,replay=0");
  REQUIRE(parts);
  CHECK(*parts == Parts{"telnet", "127.0.0.1:7001", {{"console", "c1"}, {"insecure", std::nullopt}, {"replay", "0"}}});
}

TEST_CASE("a doubled comma belongs to the place or the value, an option's value begins at its first '='") {
  CHECK(*split("unix:/a,,b,x=c,,d=e") == Parts{"unix", "/a,b", {{"x", "c,d=e"}}});
  CHECK(*split("unix:/a,,,x") == Parts{"unix", "/a,", {{"x", std::nullopt}}});
  CHECK(*split("unix:,,,,") == Parts{"unix", ",,", {}});
  CHECK(*split("raw:@x,console=") == Parts{"raw", "@x", {{"console", ""}}});
  CHECK(with_doubled_commas("/a,b,,c") == "/a,,b,,,,c");
}

TEST_CASE("what is no address is refused with what to write") {
  const std::string no_address =
      " is not an address: write SCHEME:PLACE, such as unix:/run/vm.sock or telnet:127.0.0.1:7001";
  const std::string no_name =
      "an option without a name stands behind a comma: write ,NAME=VALUE, or ,, for a comma that belongs to the text "
      "before it";
  CHECK(why("") == "''" + no_address);
  CHECK(why("/run/vm.sock") == "'/run/vm.sock'" + no_address);
  CHECK(why(":/run/vm.sock") == "':/run/vm.sock'" + no_address);
  CHECK(why("a\x1b[2Jb") == "'a\\x1b[2Jb'" + no_address);
  CHECK(why("unix:") == "nothing stands behind 'unix:': write a host and port, or a path");
  CHECK(why("unix:,x") == "nothing stands behind 'unix:': write a host and port, or a path");
  CHECK(why("unix:/a,") == no_name);
  CHECK(why("unix:/a,=1") == no_name);
  CHECK(why("unix:/a,x=1,y,x=2") == "option 'x' is given twice: keep one");
  CHECK(why(std::string_view("unix:/a\0b", 9)) == "an address cannot hold a NUL byte");
}
