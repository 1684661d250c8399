// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

namespace {

const std::string kAccess = "[tls.lab]\ncert = \"/c\"\n[[user]]\nname = \"oncall\"\n";

Listen listen_of(const std::string& text, const CommandLine& line) {
  const auto config = parse_toml(text, "f", line, root());
  REQUIRE(config);
  REQUIRE(config->listens.size() == 1);
  return config->listens[0];
}

}  // namespace

TEST_CASE("a listener bears the name of a TLS profile and of a user, in its address or as keys") {
  const Listen on = listen_of(kAccess, with({"c1=pty:/a"}, {"raw:*:1,console=c1,tls=lab,user=oncall"}));
  CHECK(on.tls == "lab");
  CHECK(on.user == "oncall");
  const std::string keys = "[[listen]]\naddress = \"raw:*:1\"\nconsole = \"c1\"\ntls = \"lab\"\nuser = \"oncall\"\n";
  Listen file = listen_of(kAccess + keys, with({"c1=pty:/a"}));
  file.text = on.text;
  CHECK(file == on);
  CHECK(problems(kAccess, with({"c1=pty:/a"}, {"raw:*:1,console=c1,tls=lab,user=oncall,insecure"})) == "ok");
  CHECK(problems(kAccess, with({"c1=pty:/a"}, {"raw:/run/x,console=c1,user=oncall"})) == "ok");
}

TEST_CASE("a profile or user that a listener names has to be there; a socket's path has no TLS") {
  const auto told = [](const std::string& text, const std::string& options) {
    return problems(text, with({"c1=pty:/a"}, {"raw:127.0.0.1:1,console=c1," + options}));
  };
  CHECK(told(kAccess, "user=oncall,tls=lap") ==
        "--listen: raw:127.0.0.1:1: there is no TLS profile 'lap' among 'lab': did you mean 'lab'?");
  CHECK(told(kAccess, "user=onkall") ==
        "--listen: raw:127.0.0.1:1: there is no user 'onkall' among 'oncall': did you mean 'oncall'?");
  CHECK(told("", "tls=lab") ==
        "--listen: raw:127.0.0.1:1: there is no TLS profile 'lab': write a [tls.NAME] of that name");
  CHECK(told("", "user=a") == "--listen: raw:127.0.0.1:1: there is no user 'a': write a [[user]] of that name");
  CHECK(told(kAccess, "user=oncall,tls=") == "--listen: raw:127.0.0.1:1: 'tls' is empty: write the name of one");
  CHECK(told(kAccess, "user=") == "--listen: raw:127.0.0.1:1: 'user' is empty: write the name of one");
  CHECK(problems(kAccess, with({"c1=pty:/a"}, {"raw:*:1,console=c1,tls=lap"})) ==
        "--listen: raw:*:1: there is no TLS profile 'lap' among 'lab': did you mean 'lab'?");
  CHECK(problems("[[user]]\nname = \"a\"\npassword = 1\n", with({"c1=pty:/a"}, {"telnet:127.0.0.1:1"})) ==
        "f:3:12: 'password' in [[user]] must be a text in quotes, not an integer");
  CHECK(told(kAccess, "user=oncall,tls") == "--listen: option 'tls' needs a value: write tls=VALUE");
  CHECK(problems(kAccess, with({"c1=pty:/a"}, {"raw:@x,console=c1,tls=lab"})) ==
        "--listen: raw:@x,console=c1,tls=lab: 'tls' is for TCP, and this is a UNIX socket: leave it out");
  // Whichever is meant by a name that was reported already, or by one of the wrong type: nothing more is said.
  CHECK(told("[[user]]\nnmae = \"oncall\"\n", "user=oncall") ==
        "f:1:1: [[user]] needs the key 'name'\nf:2:1: unknown key 'nmae' in [[user]]: did you mean 'name'?");
  CHECK(problems("[[listen]]\naddress = \"raw:*:1,console=c1\"\ntls = 1\n") ==
        "f:3:7: 'tls' in [[listen]] must be a text in quotes, not an integer");
}

TEST_CASE("networks that may connect are a list like those of proxies, and for TCP") {
  const auto on_line = [](const std::string& options) {
    return listen_of("", with({"c1=pty:/a"}, {"raw:127.0.0.1:1,console=c1" + options}));
  };
  const auto in_file = [](const std::string& lines) { return listen_of("[[listen]]\n" + lines, with({"c1=pty:/a"})); };
  const auto line_problems = [](const std::string& address) { return problems("", with({"c1=pty:/a"}, {address})); };
  const auto ten = address::parse_network("10.0.0.0/8");
  const auto six = address::parse_network("fd00::/8");
  CHECK(on_line("").allow.empty());
  CHECK(on_line(",allow=10.0.0.0/8,,fd00::/8").allow == std::vector{*ten, *six});
  CHECK(in_file("address = \"raw:127.0.0.1:1,console=c1\"\nallow = [\"10.0.0.0/8\", \"fd00::/8\"]\n").allow ==
        std::vector{*ten, *six});
  CHECK(line_problems("raw:127.0.0.1:1,console=c1,allow=lab") ==
        "--listen: raw:127.0.0.1:1,console=c1,allow=lab: 'allow': 'lab' is no network: write an address and its bits, "
        "such as 10.0.0.0/8 or fd00::/8");
  CHECK(line_problems("raw:@x,console=c1,allow=::1") ==
        "--listen: raw:@x,console=c1,allow=::1: 'allow' is for TCP, and this is a UNIX socket: leave it out");
  CHECK(problems("[[listen]]\naddress = \"raw:127.0.0.1:1,console=c1\"\nallow = []\n", with({"c1=pty:/a"})) ==
        "f:3:9: 'allow' in [[listen]] is empty: name one, or leave 'allow' out");
}
