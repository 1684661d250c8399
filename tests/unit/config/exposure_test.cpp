// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

namespace {

const std::string kPlain = "[tls.plain]\ncert = \"/c\"\n";
const std::string kRequired = "[tls.required]\ncert = \"/c\"\nclient_ca = \"/ca\"\n";
const std::string kOptional = "[tls.optional]\ncert = \"/c\"\nclient_ca = \"/ca\"\nclient = \"optional\"\n";
const std::string kProfiles = kPlain + kRequired + kOptional;
/// One user for each way to log in, and one who has none.
const std::string kPassword = "[[user]]\nname = \"p\"\npassword = \"$6$a$b\"\n";
const std::string kPam = "[[user]]\nname = \"m\"\npam = \"charmux\"\n";
const std::string kCertificate = "[[user]]\nname = \"c\"\ncertificate = \"CN=c\"\n";
const std::string kPeer = "[[user]]\nname = \"u\"\n";
const std::string kEverybody = kPassword + kPam + kCertificate + kPeer;

/// What is said of a listener at c1 where there are these tables.
std::string told(const std::string& tables, const std::string& address) {
  return problems(kProfiles + tables, with({"c1=pty:/dev/pts/3"}, {address + ",console=c1"}));
}

Naming naming_of(const std::string& tables, const std::string& address) {
  const CommandLine line = with({"c1=pty:/dev/pts/3"}, {address + ",console=c1"});
  const auto config = parse_toml(kProfiles + tables, "f", line, root());
  REQUIRE_MESSAGE(config, told(tables, address));
  return naming(config->listens.at(0), *config);
}

const std::string kTelnetNames = "[[user]]s who log in, or user=NAME";
const std::string kRawNames =
    "user=NAME, or [[user]]s with a certificate and a tls= with client_ca: raw knows clients by nothing else";
const std::string kElse = " bind it to 127.0.0.1 or [::1], use a UNIX socket, or add ,insecure on purpose";

std::string without_a_name(const std::string& door, const std::string& how) {
  return "--listen: " + door + " would let in clients without a name, and there are users: give it names (" + how +
         "), or add ,insecure on purpose";
}

std::string nobody(const std::string& door, const std::string& what) {
  return "--listen: " + door + " would let nobody in: no [[user]] has " + what +
         "; give one that, or the listener user=NAME, or add ,insecure on purpose";
}

/// What is said of listeners where there are neither profiles nor users.
std::string of_line(std::string address) { return problems("", with({"c1=pty:/dev/pts/3"}, {std::move(address)})); }

const std::string kOpen =
    " would let anyone who reaches it in: it has no TLS (tls=PROFILE) and no names for its clients (";
const std::string kBoth =
    "); give it both, bind it to 127.0.0.1 or [::1], use a UNIX socket, or add ,insecure on purpose";
/// What a listener is told that others reach and that has neither.
const std::string kTelnetOpen = kOpen + "[[user]]s who log in, or user=NAME" + kBoth;
const std::string kRawOpen =
    kOpen + "user=NAME, or [[user]]s with a certificate and a tls= with client_ca: raw knows clients by nothing else" +
    kBoth;

}  // namespace

TEST_CASE("without users nobody has a name at TCP, and a socket's peer has that of its uid") {
  CHECK(naming_of("", "telnet:127.0.0.1:1") == Naming::none);
  CHECK(naming_of("", "raw:127.0.0.1:1,tls=required") == Naming::none);
  CHECK(naming_of("", "raw:/run/x") == Naming::peer);
  CHECK(naming_of(kEverybody, "telnet:@x") == Naming::peer);
}

TEST_CASE("with users a telnet client logs in, unless its certificate is required") {
  CHECK(naming_of(kEverybody, "telnet:127.0.0.1:1") == Naming::login);
  CHECK(naming_of(kEverybody, "telnet:*:1,tls=plain") == Naming::login);
  CHECK(naming_of(kEverybody, "telnet:*:1,tls=optional") == Naming::login);
  CHECK(naming_of(kEverybody, "telnet:*:1,tls=required") == Naming::certificate);
}

TEST_CASE("raw and rfc2217 know a client by certificate or user= only") {
  for (const std::string kind : {"raw", "rfc2217"}) {
    CHECK(naming_of(kEverybody, kind + ":*:1,tls=required") == Naming::certificate);
    CHECK(naming_of(kEverybody, kind + ":*:1,tls=optional") == Naming::certificate);
    CHECK(naming_of(kEverybody, kind + ":127.0.0.1:1,user=u") == Naming::user);
  }
}

TEST_CASE("user= is everybody's name there, of whatever kind the listener is") {
  for (const std::string door : {"telnet:127.0.0.1:1", "raw:*:1,tls=required", "raw:/run/x", "telnet:*:1,insecure"})
    CHECK(naming_of(kEverybody, door + ",user=u") == Naming::user);
}

TEST_CASE("insecure means no names, on purpose") {
  CHECK(naming_of(kEverybody, "telnet:*:1,insecure") == Naming::none);
  CHECK(naming_of(kEverybody, "telnet:*:1,tls=required,insecure") == Naming::none);
  CHECK(naming_of(kEverybody, "raw:127.0.0.1:1,insecure") == Naming::none);
}

TEST_CASE("off loopback a listener needs TLS and a name for everyone, and is told what it lacks") {
  CHECK(told("", "telnet:*:1") ==
        "--listen: telnet:*:1 would let anyone who reaches it in: it has no TLS (tls=PROFILE) and no names for its "
        "clients (" +
            kTelnetNames + "); give it both," + kElse);
  CHECK(told("", "telnet:*:1,tls=plain") ==
        "--listen: telnet:*:1 would let anyone who reaches it in: it has no names for its clients (" + kTelnetNames +
            "); give it these," + kElse);
  CHECK(told("", "telnet:*:1,tls=required") ==
        "--listen: telnet:*:1 would let anyone who reaches it in: it has no names for its clients (" + kTelnetNames +
            "); give it these," + kElse);
  CHECK(
      told(kEverybody, "telnet:*:1") ==
      "--listen: telnet:*:1 would let anyone on the way read and change what passes: it has no TLS (tls=PROFILE); give "
      "it that," +
          kElse);
  CHECK(
      told(kEverybody, "raw:192.0.2.1:1,user=u") ==
      "--listen: raw:192.0.2.1:1 would let anyone on the way read and change what passes: it has no TLS (tls=PROFILE); "
      "give it that," +
          kElse);
  CHECK(told(kEverybody, "raw:*:1,tls=plain") ==
        "--listen: raw:*:1 would let anyone who reaches it in: it has no names for its clients (" + kRawNames +
            "); give it these," + kElse);
  CHECK(told(kEverybody, "raw:*:1,access=watch") ==
        "--listen: raw:*:1 would let anyone who reaches it in: it has no TLS (tls=PROFILE) and no names for its "
        "clients (" +
            kRawNames + "); give it both," + kElse);
  for (const std::string good : {"telnet:*:1,tls=plain", "telnet:*:1,tls=optional", "telnet:[::]:1,tls=required",
                                 "raw:*:1,tls=required", "rfc2217:*:1,tls=optional", "raw:*:1,tls=plain,user=u",
                                 "raw:*:1,insecure", "telnet:*:1,tls=plain,insecure", "raw:*:1,user=u,insecure"})
    CHECK_MESSAGE(told(kEverybody, good) == "ok", good);
}

TEST_CASE("once there is a user, a listener on loopback wants a name too, unless it bears user= or is insecure") {
  CHECK(told("", "raw:127.0.0.1:1") == "ok");
  CHECK(told("", "telnet:localhost:1,tls=plain") == "ok");
  CHECK(told(kPeer, "raw:127.0.0.1:1") == without_a_name("raw:127.0.0.1:1", kRawNames));
  CHECK(told(kPassword, "raw:[::1]:1,tls=plain") == without_a_name("raw:[::1]:1", kRawNames));
  CHECK(told(kPassword, "rfc2217:localhost:1") ==
        without_a_name("rfc2217:localhost:1",
                       "user=NAME, or [[user]]s with a certificate and a tls= with client_ca: "
                       "rfc2217 knows clients by nothing else"));
  CHECK(told(kPassword, "telnet:127.0.0.1:1") == "ok");
  CHECK(told(kPeer, "raw:127.0.0.1:1,user=u") == "ok");
  CHECK(told(kPeer, "raw:127.0.0.1:1,insecure") == "ok");
  CHECK(told(kPeer, "raw:/run/x") == "ok");
}

TEST_CASE("a host's name is judged by where it leads") {
  const CommandLine line = with({"c1=pty:/dev/pts/3"}, {"telnet:rack1:1,console=c1"});
  const auto config = parse_toml(kPassword, "f", line, root());
  REQUIRE(config);
  CHECK_FALSE(exposure(config->listens.at(0), *config, ""));
  const auto open = exposure(config->listens.at(0), *config, "192.0.2.1:1");
  REQUIRE(open);
  CHECK(
      open->text ==
      "telnet:rack1:1 leads to 192.0.2.1:1 and would let anyone on the way read and change what passes: it has no TLS "
      "(tls=PROFILE); give it that," +
          kElse);
}

TEST_CASE("a listener that asks for a name which no user can show lets nobody in") {
  CHECK(told(kPeer, "telnet:127.0.0.1:1") == nobody("telnet:127.0.0.1:1", "a 'password' or 'pam'"));
  CHECK(told(kCertificate, "telnet:127.0.0.1:1,tls=plain") == nobody("telnet:127.0.0.1:1", "a 'password' or 'pam'"));
  CHECK(told(kPeer, "telnet:*:1,tls=optional") == nobody("telnet:*:1", "a 'password', 'pam' or 'certificate'"));
  CHECK(told(kPassword + kPam, "telnet:*:1,tls=required") == nobody("telnet:*:1", "a 'certificate'"));
  CHECK(told(kPassword, "raw:*:1,tls=optional") == nobody("raw:*:1", "a 'certificate'"));
  for (const std::string& user : {kPassword, kPam}) CHECK(told(kPeer + user, "telnet:127.0.0.1:1") == "ok");
  for (const std::string& user : {kPassword, kPam, kCertificate})
    CHECK(told(kPeer + user, "telnet:*:1,tls=optional") == "ok");
  CHECK(told(kCertificate, "raw:*:1,tls=required") == "ok");
  CHECK(told(kPeer, "telnet:127.0.0.1:1,user=u") == "ok");
  CHECK(told(kPeer, "telnet:127.0.0.1:1,insecure") == "ok");
  CHECK(told(kPeer, "telnet:@x") == "ok");
}

TEST_CASE("configurations are equal when they say the same of profiles, users and groups") {
  const auto config = [](const std::string& tables) {
    const auto parsed = parse_toml(tables, "f", with({"c1=pty:/dev/pts/3"}), root());
    REQUIRE_MESSAGE(parsed, problems(tables));
    return *parsed;
  };
  const std::string tables = kProfiles + kEverybody + "[[group]]\nname = \"g\"\nwatch = [\"a\"]\n";
  CHECK(config(tables) == config(tables));
  for (const std::string& other : {kPlain + kRequired + kEverybody, kProfiles + kPassword, kProfiles + kEverybody,
                                   kProfiles + kEverybody + "[[group]]\nname = \"g\"\nwatch = [\"b\"]\n"})
    CHECK(config(tables) != config(other));
}

TEST_CASE("a TCP listener off loopback is refused with the reason and the remedy, unless it is insecure on purpose") {
  CHECK(of_line("telnet:0.0.0.0:23,console=c1") == "--listen: telnet:0.0.0.0:23" + kTelnetOpen);
  CHECK(of_line("raw:*:23,console=c1") == "--listen: raw:*:23" + kRawOpen);
  CHECK(of_line("raw:[::]:23,console=c1") == "--listen: raw:[::]:23" + kRawOpen);
  CHECK(problems("[[listen]]\naddress = \"raw:192.0.2.1:23\"\nconsole = \"c1\"\ninsecure = false\n") ==
        "f:2:11: raw:192.0.2.1:23" + kRawOpen);
  CHECK(of_line("telnet:0.0.0.0:23,console=c1,insecure") == "ok");
  CHECK(of_line("telnet:127.0.0.1:23,console=c1,insecure") == "ok");
  CHECK(of_line("telnet:localhost:23,console=c1") == "ok");
  CHECK(of_line("raw:/run/x,console=c1") == "ok");
  CHECK(of_line("telnet:*,ports=7001-7999") == "--listen: telnet:*,ports=7001-7999" + kTelnetOpen);
  const auto config = parse_toml("", "f", with({"c1=pty:/dev/pts/3"}, {"telnet:rack1:23,console=c1"}), root());
  REQUIRE(config);
  const auto open = exposure(config->listens.at(0), *config, "192.0.2.1:23");
  REQUIRE(open);
  CHECK(open->text == "telnet:rack1:23 leads to 192.0.2.1:23 and" + kTelnetOpen);
  CHECK(of_line("raw:rack1:23,console=c1") == "ok");  // only a resolver knows; it is asked before it is bound
}
