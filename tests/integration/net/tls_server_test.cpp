// SPDX-License-Identifier: Apache-2.0
#include "kit/texts.hpp"
#include "kit/tls_accepting.hpp"

using namespace charmux;
using namespace charmux::test;
using Kind = net::Io::Kind;
using Failure = net::TlsFailure::Kind;
using Version = TlsVisiting::Version;

TEST_CASE("tls server: all byte values pass both ways, with either version") {
  for (const Version version : {Version::tls12, Version::tls13}) {
    Accepting both;
    both.visiting.version = version;
    both.connect();
    CHECK(both.client.version() == (version == Version::tls12 ? "TLSv1.2" : "TLSv1.3"));
    both.talk(all_byte_values(), all_byte_values(), 4096);
  }
}

TEST_CASE("tls server: 4 MiB pass both ways at once, read a few bytes at a time") {
  Accepting both;
  both.connect();
  const std::string much = numbered_lines(0, 4 * 1024 * 1024 / 9);
  both.talk(much, much, 7);
}

TEST_CASE("tls server: ECDSA or RSA is shown as the client can verify it, ECDSA to one who can do both") {
  struct Case {
    const char* signatures;
    const char* shown;
  };
  const std::array<Case, 3> cases = {
      {{"", "ECDSA vm"}, {"ecdsa_secp256r1_sha256", "ECDSA vm"}, {"rsa_pss_rsae_sha256:rsa_pkcs1_sha256", "RSA vm"}}};
  Accepting both;
  TestAuthority::Terms terms{"DNS:vm.example"};
  terms.subject = "vm";
  terms.rsa = true;
  both.show(both.authority.issue(terms));
  terms.rsa = false;
  both.show(both.authority.issue(terms));
  for (const Version version : {Version::tls12, Version::tls13}) {
    for (const std::string name : {"", "vm.example"}) {
      for (const Case& each : cases) {
        CAPTURE(each.signatures);
        CAPTURE(name);
        both.visiting = {name};
        both.visiting.signatures = each.signatures;
        both.visiting.version = version;
        both.connect();
        CHECK(both.client.shown() == each.shown);
      }
    }
  }
}

TEST_CASE("tls server: the name that is asked for chooses the certificate, the first where none fits") {
  struct Case {
    const char* name;
    const char* shown;
  };
  const std::array<Case, 5> cases = {{{"a.example", "RSA a"},
                                      {"b.example", "ECDSA b"},
                                      {"x.wild.example", "ECDSA b"},
                                      {"other.example", "RSA a"},
                                      {"", "RSA a"}}};
  Accepting both;
  TestAuthority::Terms first{"DNS:a.example"};
  first.subject = "a";
  first.rsa = true;
  both.show(both.authority.issue(first));
  TestAuthority::Terms second{"DNS:b.example,DNS:*.wild.example"};
  second.subject = "b";
  both.show(both.authority.issue(second));
  // Of two that differ in nothing the first is shown.
  second.subject = "b again";
  both.show(both.authority.issue(second));
  for (const Version version : {Version::tls12, Version::tls13}) {
    for (const Case& each : cases) {
      CAPTURE(each.name);
      both.visiting = {each.name};
      both.visiting.version = version;
      both.connect();
      CHECK(both.client.shown() == each.shown);
    }
  }
}

TEST_CASE("tls server: what vouches for the certificate in its file is shown with it, by either way of choosing") {
  Accepting both;
  const TestAuthority below = both.authority.below("below");
  // Nobody is added out of those who vouch for clients.
  both.ask_clients(both.authority, false);
  both.show(below.issue({"DNS:a.example"}), below.cert());
  both.show(both.authority.issue({"DNS:b.example"}));
  both.connect();
  CHECK(both.client.chain_length() == 2);
  both.visiting.name = "a.example";
  both.connect();
  CHECK(both.client.chain_length() == 2);
  both.visiting.name = "b.example";
  both.connect();
  CHECK(both.client.chain_length() == 1);
}

TEST_CASE("tls server: a client older than TLS 1.2 is refused, and told so") {
  Accepting both;
  both.visiting.version = Version::oldest;
  both.visit();
  CHECK(both.failed() == Failure::no_common_version);
  CHECK(both.why() == "it speaks no version of TLS that charmuxd does (1.2 and 1.3)");
  CHECK(both.client.why() == "tlsv1 alert protocol version");
}

TEST_CASE("tls server: TLS 1.2 has forward secrecy and authenticated encryption, or is not had") {
  struct Case {
    const char* ciphers;
    const char* chosen;
  };
  const std::array<Case, 6> cases = {
      {{"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
       {"ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"},
       {"ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
       {"AES128-GCM-SHA256", ""},
       {"DHE-RSA-AES128-GCM-SHA256", ""},
       {"ECDHE-RSA-AES128-SHA256", ""}}};
  Accepting both;
  TestAuthority::Terms terms;
  terms.rsa = true;
  both.show(both.authority.issue(terms));
  both.visiting.version = Version::tls12;
  for (const Case& each : cases) {
    CAPTURE(each.ciphers);
    both.visiting.ciphers = each.ciphers;
    both.visit();
    CHECK((both.shaken.kind == Kind::moved) == (*each.chosen != '\0'));
    if (both.client.shaken()) CHECK(both.client.cipher() == each.chosen);
  }
}

TEST_CASE("tls server: nobody begins a handshake again") {
  Accepting both;
  both.visiting.version = Version::tls12;
  both.connect();
  REQUIRE(both.client.renegotiate());
  both.client.write("typed");
  std::string heard;
  both.world.run_until("the client is told", [&] {
    both.client.poll();
    (void)both.read_all(heard, 4096);
    return both.client.ended() || !heard.empty();
  });
  CHECK(both.client.why() == "no renegotiation");
}

TEST_CASE("tls server: a session is resumed, and not by a context that was made anew") {
  for (const bool asks : {false, true}) {
    for (const Version version : {Version::tls12, Version::tls13}) {
      CAPTURE(asks);
      Accepting both;
      both.visiting.version = version;
      if (asks) {
        both.ask_clients(both.authority, true);
        both.visiting.own = both.authority.issue();
      }
      both.connect();
      CHECK_FALSE(both.client.was_resumed());
      both.talk("hello", "hello", 4096);
      both.visiting.resumed = both.client.session();
      both.connect();
      CHECK(both.client.was_resumed());
      CHECK(both.stream->tls()->peer_certificate().has_value() == asks);
      both.talk("hello", "hello", 4096);
      both.make_context();
      both.connect();
      CHECK_FALSE(both.client.was_resumed());
      both.talk("hello", "hello", 4096);
    }
  }
}

TEST_CASE("tls server: a certificate of ours that has expired, or is not valid yet, is served, with a warning") {
  Accepting both;
  both.show(both.authority.issue({"DNS:a.example", std::chrono::seconds(-7200), std::chrono::seconds(-3600)}));
  both.show(both.authority.issue({"DNS:b.example", std::chrono::seconds(3600), std::chrono::seconds(7200)}));
  both.show(both.authority.issue({"DNS:c.example"}));
  both.connect();
  both.talk("hello", "hello", 4096);
  const std::vector<std::string>& warnings = both.context->warnings();
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].rfind("the certificate in " + both.world.directory / "own0.crt expired on 20", 0) == 0);
  CHECK(warnings[1].find("own1.crt is not valid before 20") != std::string::npos);
}

TEST_CASE("tls server: what does not speak TLS is told from what does, whatever it says") {
  for (const std::string said : {"hello, who is there?\r\n", "GET / HTTP/1.1\r\n\r\n", "\xff\xfd\x03\xff\xfb\x18\r\n",
                                 "CONNECT vm:22 HTTP/1.1\r\n\r\n"}) {
    CAPTURE(said);
    Accepting both;
    const UniqueFd far = both.arrive();
    REQUIRE(::send(far.get(), said.data(), said.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(said.size()));
    both.world.run_until("it is refused", [&] {
      both.shake();
      return both.shaken.kind != Kind::again;
    });
    CHECK(both.failed() == Failure::no_tls);
    CHECK(both.why() == "it does not speak TLS");
  }
}

TEST_CASE("tls server: a client that goes in mid-handshake has ended it") {
  Accepting both;
  UniqueFd far = both.arrive();
  CHECK(both.stream->handshake().kind == Kind::again);
  far.reset();
  CHECK(both.stream->handshake().kind == Kind::end);
  CHECK(both.stream->tls()->why().kind == Failure::ended_early);
  CHECK(both.why() == "it closed the connection before the TLS handshake was done");
  CHECK_FALSE(both.stream->tls()->peer_certificate());
}

TEST_CASE("tls server: files that cannot be served are refused with the reason") {
  Accepting both;
  const auto reason = [&] {
    const Result<net::TlsContext> made = net::TlsContext::server(both.files);
    return made ? std::string("none") : made.error().text;
  };
  CHECK(reason() == "a TLS server has to show a certificate: give cert and key");
  both.show(both.authority.issue());
  CHECK(reason() == "none");
  both.files.client_required = true;
  CHECK(reason() == "clients cannot be asked for a certificate while nobody vouches for them: give client_ca");
  both.ask_clients(both.authority, true);
  CHECK(reason() == "none");
  both.files.crl = both.file("empty.crl", "");
  CHECK(reason() == "crl file " + both.files.crl + " holds no CRL: it has to be PEM");
  both.files.crl = both.file("strange.crl", TestAuthority("strange").crl({}));
  CHECK(reason() == "crl file " + both.files.crl + " holds a CRL by CN=strange, which nobody in " +
                        both.files.client_ca + " has signed: put that authority there");
  // Of the same name, and not the same.
  both.files.crl = both.file("forged.crl", TestAuthority().crl({}));
  CHECK(reason().find("which nobody in") != std::string::npos);
  both.files.crl.clear();
  both.show(both.authority.issue());
  both.files.shown.back().key = both.files.shown.front().key;
  CHECK(reason().rfind("the key in ", 0) == 0);
}
