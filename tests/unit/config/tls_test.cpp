// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

namespace {

std::vector<TlsProfile> profiles_in(const std::string& text) {
  const auto config = parse_toml(text, "f", with({"c1=pty:/dev/pts/3"}), root());
  if (!config)
    for (const Problem& problem : config.error()) FAIL_CHECK(to_text(problem));
  REQUIRE(config);
  return config->tls;
}

/// The one profile of a file: its lines behind [tls.lab].
TlsProfile lab(const std::string& lines) {
  const std::vector<TlsProfile> profiles = profiles_in("[tls.lab]\n" + lines);
  REQUIRE(profiles.size() == 1);
  return profiles[0];
}

using Client = TlsProfile::Client;

}  // namespace

TEST_CASE("a profile is a certificate and its key, and asks clients for nothing") {
  const TlsProfile profile = lab("cert = \"/s.crt\"\nkey = \"/s.key\"\n");
  CHECK(profile.name == "lab");
  CHECK(profile.pairs == std::vector<TlsProfile::Pair>{{"/s.crt", "/s.key"}});
  CHECK(profile.client == Client::none);
  CHECK(profile.client_ca.empty());
  CHECK(profile.crl.empty());
  CHECK(lab("cert = \"/s.pem\"\n").pairs == std::vector<TlsProfile::Pair>{{"/s.pem", ""}});
}

TEST_CASE("of several certificates each has the key that stands at its place") {
  CHECK(lab("cert = [\"/a.crt\", \"/b.crt\"]\nkey = [\"/a.key\", \"/b.key\"]\n").pairs ==
        std::vector<TlsProfile::Pair>{{"/a.crt", "/a.key"}, {"/b.crt", "/b.key"}});
  CHECK(lab("cert = [\"/a.pem\", \"/b.pem\"]\n").pairs ==
        std::vector<TlsProfile::Pair>{{"/a.pem", ""}, {"/b.pem", ""}});
  CHECK(
      problems("[tls.lab]\ncert = [\"/a.crt\", \"/b.crt\"]\nkey = \"/a.key\"\n") ==
      "f:3:7: [tls.lab] has 2 in 'cert' and 1 in 'key': write a key for each certificate, in the same order, or leave "
      "'key' out where the keys are in the certificates' files");
}

TEST_CASE("with an authority for clients they need a certificate, unless it is optional") {
  const std::string ca = "cert = \"/s\"\nclient_ca = \"/ca\"\n";
  CHECK(lab(ca).client == Client::required);
  CHECK(lab(ca).client_ca == "/ca");
  CHECK(lab(ca + "client = \"required\"\n").client == Client::required);
  CHECK(lab(ca + "client = \"optional\"\ncrl = \"/crl\"\n").client == Client::optional);
  CHECK(lab(ca + "crl = \"/crl\"\n").crl == "/crl");
  CHECK(problems("[tls.lab]\n" + ca + "client = \"maybe\"\n") ==
        "f:4:10: 'client' in [tls.lab] must be required or optional, not 'maybe'");
}

TEST_CASE("what is said of clients' certificates needs an authority for them") {
  CHECK(problems("[tls.lab]\ncert = \"/s\"\nclient = \"optional\"\ncrl = \"/crl\"\n") ==
        "f:3:10: 'client' in [tls.lab] needs the key 'client_ca': without it clients are asked for no certificate\n"
        "f:4:7: 'crl' in [tls.lab] needs the key 'client_ca': without it clients are asked for no certificate");
}

TEST_CASE("profiles are in the order of the file, whatever they are called") {
  const auto profiles =
      profiles_in("[tls.z]\ncert = \"/z\"\n[tls.a]\ncert = \"/a\"\n[tls.\"my lab\"]\ncert = \"/m\"\n");
  REQUIRE(profiles.size() == 3);
  CHECK(profiles[0].name == "z");
  CHECK(profiles[1].name == "a");
  CHECK(profiles[2].name == "my lab");
  CHECK(profiles_in("[tls]\n[tls.lab]\ncert = \"/a\"\n").size() == 1);
  CHECK(profiles_in("tls.lab.cert = \"/a\"\n").size() == 1);
  CHECK(profiles_in("[tls]\n").empty());
}

TEST_CASE("a profile has a name, and only profiles are in [tls]") {
  CHECK(problems("[tls]\ncert = \"/a\"\n") ==
        "f:2:1: 'cert' in [tls] is no profile: write [tls.NAME], such as [tls.lab], and the keys under it");
  CHECK(problems("[[tls.lab]]\ncert = \"/a\"\n") ==
        "f:1:7: 'lab' in [tls] is no profile: write [tls.NAME], such as [tls.lab], and the keys under it");
  CHECK(problems("[tls.\"\"]\ncert = \"/a\"\n") ==
        "f:1:6: a profile of [tls.NAME] has an empty name: write one, such as [tls.lab]");
  CHECK(problems("[[tls]]\n") == "f:1:3: 'tls' must be written [tls.NAME]");
  CHECK(problems("tls = 1\n") == "f:1:1: 'tls' must be written [tls.NAME]");
  CHECK(problems("[tls.lab]\ncert = \"/a\"\n[tls.lab]\ncert = \"/b\"\n").find(": not TOML: ") != std::string::npos);
}

TEST_CASE("a profile's keys are known, of their kind, and told by its name") {
  CHECK(problems("[tls.lab]\nkey = \"/a\"\n") == "f:1:1: [tls.lab] needs the key 'cert'");
  CHECK(problems("[tls.lab]\ncert = \"/a\"\ncertt = \"/a\"\n") ==
        "f:3:1: unknown key 'certt' in [tls.lab]: did you mean 'cert'?");
  CHECK(problems("[tls.lab]\ncert = \"/a\"\nversion = 1\n") ==
        "f:3:1: unknown key 'version' in [tls.lab]: use cert, key, client_ca, client or crl");
  CHECK(problems("[tls.lab.more]\ncert = \"/a\"\n").find("unknown key 'more' in [tls.lab]") != std::string::npos);
  CHECK(problems("[tls.lab]\ncert = 1\n") ==
        "f:2:8: 'cert' in [tls.lab] must be an absolute path in quotes, or a list of such paths, not an integer");
  CHECK(problems("[tls.lab]\ncert = [1]\n") ==
        "f:2:8: 'cert' in [tls.lab] must be an absolute path in quotes, or a list of such paths, not an array of "
        "something else");
  CHECK(problems("[tls.lab]\ncert = []\n") == "f:2:8: 'cert' in [tls.lab] is empty: name one");
  CHECK(problems("[tls.lab]\ncert = \"/a\"\nkey = []\n") ==
        "f:3:7: 'key' in [tls.lab] is empty: name one, or leave 'key' out");
  CHECK(problems("[tls.lab]\ncert = [\"/a\", \"b\"]\n") ==
        "f:2:8: 'cert' in [tls.lab] must be an absolute path, not 'b': write one that begins with '/'");
  CHECK(problems("[tls.lab]\ncert = \"\"\n") ==
        "f:2:8: 'cert' in [tls.lab] must be an absolute path, not '': write one that begins with '/'");
}
