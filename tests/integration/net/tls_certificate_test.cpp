// SPDX-License-Identifier: Apache-2.0
#include "kit/tls_shaking.hpp"

using namespace charmux;
using namespace charmux::test;
using Kind = net::Io::Kind;
using Failure = net::TlsFailure::Kind;

TEST_CASE("tls: a certificate that has expired, or is not valid yet, is named with its date") {
  Shaking late;
  late.serving.own = late.authority.issue({"IP:127.0.0.1", std::chrono::seconds(-7200), std::chrono::seconds(-3600)});
  late.shake();
  CHECK(late.failed() == Failure::expired);
  CHECK(late.why().rfind("its certificate expired on 20", 0) == 0);
  Shaking early;
  early.serving.own = early.authority.issue({"IP:127.0.0.1", std::chrono::seconds(3600), std::chrono::seconds(7200)});
  early.shake();
  CHECK(early.failed() == Failure::not_yet_valid);
}

TEST_CASE("tls: a certificate of another name tells whose it is, without its control characters") {
  Shaking both;
  both.serving.own = both.authority.issue({"DNS:vm.example,DNS:a\x1b[2Jb,IP:::1"});
  both.shake();
  CHECK(both.failed() == Failure::wrong_name);
  CHECK(both.why() == "its certificate is for vm.example, a\\x1b[2Jb, ::1, not for 127.0.0.1");
}

TEST_CASE("tls: a certificate is for the host, or for the name that it has to be for") {
  struct Case {
    const char* names;
    net::TlsPeer peer;
    bool good;
    const char* asked_for;
  };
  const std::array<Case, 9> cases = {{{"DNS:vm.example", {"vm.example"}, true, "vm.example"},
                                      {"DNS:vm.example", {"vm.example."}, true, "vm.example"},
                                      {"DNS:*.vm.example", {"a.vm.example"}, true, "a.vm.example"},
                                      {"DNS:other.example", {"vm.example"}, false, "vm.example"},
                                      {"DNS:other.example", {"vm.example", "other.example"}, true, "other.example"},
                                      {"DNS:127.0.0.1", {"127.0.0.1"}, false, "-"},
                                      {"IP:::1", {"::1"}, true, "-"},
                                      {"IP:fe80::1", {"fe80::1%eth0"}, true, "-"},
                                      {"DNS:vm.example", {"127.0.0.1", "vm.example"}, true, "vm.example"}}};
  for (const Case& each : cases) {
    CAPTURE(each.names);
    CAPTURE(each.peer.host);
    Shaking both;
    both.serving.own = both.authority.issue({each.names});
    both.peer = each.peer;
    both.shake();
    CHECK((both.shaken.kind == Kind::moved) == each.good);
    CHECK(both.server.asked_for() == each.asked_for);
  }
}

TEST_CASE("tls: one whom nobody vouches for is not believed, unless anybody is") {
  for (const bool verify : {true, false}) {
    Shaking both;
    both.trusts = false;
    both.peer.verify = verify;
    both.shake();
    if (!verify) {
      CHECK(both.shaken.kind == Kind::moved);
      continue;
    }
    CHECK(both.failed() == Failure::untrusted);
    CHECK(both.why() == "its certificate is vouched for by CN=test ca, who is not trusted");
  }
}

TEST_CASE("tls: a client certificate is wanted, shown, or of the wrong authority") {
  for (const bool old : {false, true}) {
    for (const std::string_view shown : {"none", "good", "strange"}) {
      CAPTURE(old);
      CAPTURE(shown);
      Shaking both;
      both.serving.client_ca = both.authority.cert();
      both.serving.old = old;
      const TestCertificate own = shown == "good" ? both.authority.issue() : TestAuthority("strange").issue();
      const net::TlsFiles files{"", both.file("cert.pem", own.cert), both.file("key.pem", own.key)};
      both.shake(shown == "none" ? net::TlsFiles{} : files);
      CHECK(both.stream->tls()->was_asked_for_certificate());
      if (shown == "good") {
        CHECK(both.shaken.kind == Kind::moved);
        both.talk("hello", "hello", 4096);
        continue;
      }
      // TLS 1.3 says so only after the handshake.
      CHECK((both.shaken.kind == Kind::moved) != old);
      std::string heard;
      both.shaken = both.read_to_the_end(heard);
      CHECK(both.failed() == (shown == "none" && !old ? Failure::certificate_wanted : Failure::certificate_refused));
    }
  }
}
