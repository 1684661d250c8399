// SPDX-License-Identifier: Apache-2.0
#include "kit/texts.hpp"
#include "kit/tls_accepting.hpp"

using namespace charmux;
using namespace charmux::test;
using Kind = net::Io::Kind;
using Failure = net::TlsFailure::Kind;
using Version = TlsVisiting::Version;

namespace {

constexpr std::chrono::seconds kLongAgo{-7200};
constexpr std::chrono::seconds kAgo{-3600};
constexpr std::chrono::seconds kSoon{3600};
constexpr std::chrono::seconds kLater{7200};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("tls server: a client is known by its certificate: the subject, and the names and mail addresses in it") {
  for (const Version version : {Version::tls12, Version::tls13}) {
    Accepting both;
    both.visiting.version = version;
    both.ask_clients(both.authority, true);
    TestAuthority::Terms terms{"DNS:desk.example,DNS:b.example,email:ops@lab.example,IP:::1"};
    terms.subject = "J\xc3\xbcrgen, oncall,O=Lab";
    terms.usage = "clientAuth";
    both.visiting.own = both.authority.issue(terms);
    both.connect();
    const std::optional<net::PeerCertificate> peer = both.stream->tls()->peer_certificate();
    REQUIRE(peer);
    CHECK(peer->subject == "CN=J\xc3\xbcrgen\\, oncall,O=Lab");
    CHECK(peer->dns == std::vector<std::string>{"desk.example", "b.example"});
    CHECK(peer->emails == std::vector<std::string>{"ops@lab.example"});
    CHECK(both.client.asked_for() == "test ca");
    both.talk("hello", "hello", 4096);
  }
}

TEST_CASE("tls server: a name with a NUL in it is nobody's") {
  Accepting both;
  both.ask_clients(both.authority, true);
  TestAuthority::Terms terms{"DNS:a.example,DNS:root.example?evil.example,email:a@b?c"};
  terms.nul = '?';
  both.visiting.own = both.authority.issue(terms);
  both.connect();
  const std::optional<net::PeerCertificate> peer = both.stream->tls()->peer_certificate();
  REQUIRE(peer);
  CHECK(peer->dns == std::vector<std::string>{"a.example"});
  CHECK(peer->emails.empty());
}

TEST_CASE("tls server: a client without a certificate is let in where it may show one, and not where it must") {
  for (const bool required : {false, true}) {
    for (const Version version : {Version::tls12, Version::tls13}) {
      CAPTURE(required);
      Accepting both;
      both.visiting.version = version;
      both.ask_clients(both.authority, required);
      both.visit();
      CHECK_FALSE(both.stream->tls()->peer_certificate());
      if (!required) {
        CHECK(both.shaken.kind == Kind::moved);
        both.talk("hello", "hello", 4096);
        continue;
      }
      CHECK(both.failed() == Failure::certificate_missing);
      CHECK(both.why() == "it showed no certificate, which this listener wants");
      both.world.run_until("the client is told", [&] { return both.client.poll(), both.client.ended(); });
      CHECK(both.client.why() ==
            (version == Version::tls12 ? "sslv3 alert handshake failure" : "tlsv13 alert certificate required"));
    }
  }
}

TEST_CASE("tls server: a client whom nobody asks for a certificate has none") {
  Accepting both;
  both.visiting.own = both.authority.issue();
  both.connect();
  CHECK_FALSE(both.stream->tls()->peer_certificate());
}

TEST_CASE("tls server: a client with a bad certificate is refused, required or not, and the reason is known") {
  struct Case {
    std::string what;
    TestCertificate own;
    Failure kind;
    const char* why;
  };
  const TestAuthority authority;
  TestAuthority::Terms server_only{"DNS:desk.example"};
  server_only.usage = "serverAuth";
  const TestCertificate revoked = authority.issue();
  const std::array<Case, 5> cases = {
      {{"expired", authority.issue({"DNS:a", kLongAgo, kAgo}), Failure::expired, "its certificate expired on 20"},
       {"early", authority.issue({"DNS:a", kSoon, kLater}), Failure::not_yet_valid,
        "its certificate is not valid before 20"},
       {"strange", TestAuthority("strange").issue(), Failure::untrusted,
        "its certificate is vouched for by CN=strange, who is not trusted"},
       {"revoked", revoked, Failure::revoked, "its certificate was revoked on 20"},
       {"server's", authority.issue(server_only), Failure::bad_certificate,
        "its certificate is not valid: unsuitable certificate purpose"}}};
  for (const Case& each : cases) {
    for (const bool required : {false, true}) {
      for (const Version version : {Version::tls12, Version::tls13}) {
        CAPTURE(each.what);
        CAPTURE(required);
        Accepting both;
        both.ask_clients(authority, required);
        both.files.crl = both.file("revoked.crl", authority.crl({revoked}));
        both.visiting.version = version;
        both.visiting.own = each.own;
        both.visit();
        CHECK(both.failed() == each.kind);
        CAPTURE(both.why());
        CHECK(both.why().rfind(each.why, 0) == 0);
        CHECK_FALSE(both.stream->tls()->peer_certificate());
        both.world.run_until("the client is told", [&] { return both.client.poll(), both.client.ended(); });
        CHECK(contains(both.client.why(), "alert"));
      }
    }
  }
}

TEST_CASE("tls server: a CRL lets in those whom it does not name, and nobody when it has expired") {
  Accepting both;
  const TestCertificate revoked = both.authority.issue();
  both.visiting.own = both.authority.issue();
  both.ask_clients(both.authority, true);
  both.files.crl = both.file("revoked.crl", both.authority.crl({revoked}));
  both.connect();
  CHECK(both.stream->tls()->peer_certificate());
  CHECK(both.context->warnings().empty());
  both.files.crl = both.file("old.crl", both.authority.crl({revoked}, kAgo));
  both.make_context();
  both.visit();
  CHECK(both.failed() == Failure::revocation_unknown);
  CHECK(both.why().rfind("its certificate cannot be looked up: the crl of CN=test ca expired on 20", 0) == 0);
  REQUIRE(both.context->warnings().size() == 1);
  CHECK(both.context->warnings()[0].rfind("the CRL of CN=test ca in " + both.files.crl + " expired on 20", 0) == 0);
}

TEST_CASE("tls server: each authority has its CRL in the one file, and whose has none is not looked up in another's") {
  Accepting both;
  const TestAuthority second("second ca");
  const TestCertificate revoked = second.issue();
  both.files.client_ca = both.file("clients.pem", both.authority.cert() + second.cert());
  both.files.crl = both.file("both.crl", both.authority.crl({}) + second.crl({revoked}));
  both.visiting.own = second.issue();
  both.connect();
  CHECK(both.client.asked_for() == "test ca, second ca");
  both.visiting.own = revoked;
  both.visit();
  CHECK(both.failed() == Failure::revoked);
  both.files.crl = both.file("one.crl", both.authority.crl({}));
  both.make_context();
  both.visiting.own = second.issue();
  both.visit();
  CHECK(both.failed() == Failure::revocation_unknown);
  CHECK(both.why() == "its certificate cannot be looked up: the crl file has nothing of CN=second ca, who issued it");
}

TEST_CASE("tls server: a client is vouched for by an authority below ours, if it shows that, or by that one alone") {
  for (const std::string_view way : {"shown", "not shown", "trusted itself"}) {
    CAPTURE(way);
    Accepting both;
    const TestAuthority below = both.authority.below("below");
    both.ask_clients(way == "trusted itself" ? below : both.authority, true);
    if (way == "trusted itself") both.files.crl = both.file("below.crl", below.crl({}));
    both.visiting.own = below.issue();
    if (way == "shown") both.visiting.above = below.cert();
    both.visit();
    if (way == "not shown") {
      CHECK(both.failed() == Failure::untrusted);
    } else {
      CAPTURE(both.why());
      CHECK(both.shaken.kind == Kind::moved);
      CHECK(both.stream->tls()->peer_certificate());
    }
  }
}

TEST_CASE("tls server: a session is not resumed when the certificate or the CRL has expired since") {
  struct Case {
    bool certificate;
    Version version;
  };
  const std::chrono::seconds brief(3);
  const std::array<Case, 4> cases = {
      {{true, Version::tls12}, {true, Version::tls13}, {false, Version::tls12}, {false, Version::tls13}}};
  // All at once, since they take their time.
  std::array<Accepting, 4> all;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& each = cases[i];
    Accepting& both = all[i];
    both.visiting.version = each.version;
    both.visiting.own = both.authority.issue({"DNS:a", kAgo, each.certificate ? brief : kSoon});
    both.ask_clients(both.authority, true);
    both.files.crl = both.file("short.crl", both.authority.crl({}, each.certificate ? kSoon : brief));
    both.connect();
    both.talk("hello", "hello", 4096);
    both.visiting.resumed = both.client.session();
    both.connect();
    CHECK(both.client.was_resumed());
  }
  for (std::size_t i = 0; i < cases.size(); ++i) {
    Accepting& both = all[i];
    CAPTURE(cases[i].certificate);
    both.world.run_until("it has expired, and its client is refused", [&] {
      both.visit();
      return both.shaken.kind != Kind::moved;
    });
    CHECK(both.failed() == (cases[i].certificate ? Failure::expired : Failure::revocation_unknown));
  }
}
