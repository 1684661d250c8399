// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>

#include "charmux/base/units.hpp"
#include "kit/texts.hpp"
#include "kit/tls_server.hpp"
#include "kit/world.hpp"
#include "net/stream.hpp"

using namespace charmux;
using namespace charmux::test;
using Kind = net::Io::Kind;
using Failure = net::TlsFailure::Kind;

namespace {

/// Two ends of a connection, each in its own way: the stream under test, and a server of the kit.
struct Shaking {
  World world;
  TestAuthority authority;
  TlsServing serving{authority.issue()};
  net::TlsPeer peer{"127.0.0.1"};
  bool trusts = true;
  std::optional<net::Stream> stream;
  TlsServer server;
  net::Io shaken{Kind::again};

  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(world.directory / name) << text;
    return world.directory / name;
  }
  void shake(const net::TlsFiles& own = {}) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    const Result<net::TlsContext> context =
        net::TlsContext::client({trusts ? file("ca.pem", authority.cert()) : "", own.cert, own.key});
    REQUIRE(context);
    stream.emplace(UniqueFd(ends[0]), 64 * KiB);
    server = TlsServer(UniqueFd(ends[1]), serving);
    REQUIRE(stream->start_tls(*context, peer));
    world.run_until("the handshake is done", [&] {
      server.poll();
      shaken = stream->handshake();
      return shaken.kind != Kind::again;
    });
  }
  void connect() {
    shake();
    REQUIRE(shaken.kind == Kind::moved);
    world.run_until("the server knows", [&] {
      server.poll();
      return server.shaken();
    });
  }
  /// What the stream has, read in pieces of that size.
  net::Io read_all(std::string& into, std::size_t most) {
    std::array<std::byte, 65536> room;
    for (;;) {
      const net::Io io = stream->recv(BytesSpan(room).first(most));
      if (io.kind != Kind::moved) return io;
      into += as_text(BytesView(room).first(io.bytes));
    }
  }
  /// How it went that nothing more comes.
  net::Io read_to_the_end(std::string& into) {
    net::Io io{Kind::again};
    world.run_until("nothing more comes", [&] {
      server.poll();
      io = read_all(into, 4096);
      return io.kind != Kind::again;
    });
    return io;
  }
  void talk(const std::string& said, const std::string& typed, std::size_t most) {
    std::string heard;
    std::size_t sent = 0;
    const std::size_t before = server.received().size();
    server.write(said);
    world.run_until("all has come both ways", [&] {
      server.poll();
      (void)read_all(heard, most);
      stream->flush();
      const net::Io io = stream->send(as_bytes(std::string_view(typed).substr(sent)));
      if (io.kind == Kind::moved) sent += io.bytes;
      return heard.size() >= said.size() && server.received().size() - before >= typed.size();
    });
    CHECK(heard == said);
    CHECK(server.received().substr(before) == typed);
  }
  [[nodiscard]] Failure failed() const {
    CHECK(shaken.kind == Kind::error);
    CHECK(shaken.error_number == EPROTO);
    return stream->tls()->why().kind;
  }
  [[nodiscard]] const std::string& why() const { return stream->tls()->why().text; }
};

}  // namespace

TEST_CASE("tls: all byte values pass both ways, with either version") {
  for (const bool old : {false, true}) {
    Shaking both;
    both.serving.old = old;
    both.connect();
    both.talk(all_byte_values(), all_byte_values(), 4096);
  }
}

TEST_CASE("tls: 4 MiB pass both ways at once, read a few bytes at a time") {
  Shaking both;
  both.connect();
  const std::string much = numbered_lines(0, 4 * 1024 * 1024 / 9);
  both.talk(much, much, 7);
}

TEST_CASE("tls: there are no more bytes in a record than was asked for") {
  Shaking both;
  both.peer.record = 1;
  both.connect();
  REQUIRE(both.stream->send(as_bytes("abc")).bytes == 3);
  CHECK(both.server.take(4096) == 1);
  CHECK(both.server.take(4096) == 1);
  CHECK(both.server.take(4096) == 1);
  both.talk("", numbered_lines(0, 10'000), 4096);
}

TEST_CASE("tls: keys may be changed in mid-stream") {
  Shaking both;
  both.connect();
  for (int times = 0; times < 3; ++times) {
    both.server.update_keys();
    both.talk(numbered_lines(0, 1'000), numbered_lines(0, 1'000), 4096);
  }
}

TEST_CASE("tls: what is decrypted already is pending until it is read") {
  Shaking both;
  both.connect();
  both.server.write("ten bytes.");
  std::array<std::byte, 4> room;
  both.world.run_until("some has come", [&] {
    both.server.poll();
    return both.stream->recv(room).kind == Kind::moved;
  });
  CHECK(both.stream->has_pending());
  std::string rest;
  CHECK(both.read_all(rest, 4).kind == Kind::again);
  CHECK(rest == "bytes.");
  CHECK_FALSE(both.stream->has_pending());
}

TEST_CASE("tls: what was not taken may be another thing the next time") {
  Shaking both;
  both.connect();
  const std::string piece(64 * KiB, 'a');
  std::size_t taken = 0;
  for (;;) {
    const net::Io io = both.stream->send(as_bytes(piece));
    if (io.kind != Kind::moved) break;
    taken += io.bytes;
  }
  CHECK(both.stream->owes());
  std::string expected(taken, 'a');
  expected += "b";
  bool sent = false;
  both.world.run_until("all has come", [&] {
    both.server.poll();
    if (!sent) sent = both.stream->send(as_bytes("b")).kind == Kind::moved;
    return both.server.received().size() >= expected.size();
  });
  CHECK(both.server.received() == expected);
}

TEST_CASE("tls: an end that is said is told from one that is not") {
  for (const bool said : {true, false}) {
    Shaking both;
    both.connect();
    both.server.write("last words");
    both.server.poll();
    if (said) both.server.say_end();
    both.server.close();
    std::string heard;
    CHECK(both.read_to_the_end(heard).kind == Kind::end);
    CHECK(heard == "last words");
    CHECK(both.stream->tls()->truncated() != said);
    // Without a poll that would tell of it again.
    CHECK(both.stream->has_pending());
  }
}

TEST_CASE("tls: our end is said behind all that was taken, and the connection closed in that direction") {
  Shaking both;
  both.connect();
  const std::string piece = numbered_lines(0, 100'000);
  std::size_t taken = 0;
  for (;;) {
    const net::Io io = both.stream->send(as_bytes(std::string_view(piece).substr(taken)));
    if (io.kind != Kind::moved) break;
    taken += io.bytes;
  }
  REQUIRE(both.stream->owes());
  both.stream->end_sending();
  both.world.run_until("the server met the end", [&] {
    both.server.poll();
    both.stream->flush();
    return both.server.ended();
  });
  CHECK(both.server.received() == piece.substr(0, taken));
  CHECK(both.server.was_told_of_the_end());
  char more = 0;
  CHECK(::recv(both.server.fd(), &more, 1, MSG_DONTWAIT) == 0);
}

TEST_CASE("tls: a send to one that has gone is an error and no signal") {
  Shaking both;
  both.connect();
  both.server.close();
  std::signal(SIGPIPE, SIG_DFL);
  (void)both.stream->send(as_bytes("anybody?"));
  const net::Io io = both.stream->send(as_bytes("anybody?"));
  CHECK(io.kind == Kind::error);
  CHECK(io.error_number == EPIPE);
}

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
