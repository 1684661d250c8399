// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "kit/texts.hpp"
#include "kit/tls_accepting.hpp"

using namespace charmux;
using namespace charmux::test;
using Kind = net::Io::Kind;
using Version = TlsVisiting::Version;

TEST_CASE("tls send: a viewer that is skipped with a record pending gets what was taken, then what comes instead") {
  for (const Version version : {Version::tls12, Version::tls13}) {
    // What is sent instead is shorter, longer, or as long as the record that met the full socket.
    for (const std::size_t size : {std::size_t{1}, 5 * KiB, 16 * KiB, 300 * KiB}) {
      CAPTURE(size);
      Accepting both;
      both.visiting.version = version;
      both.connect();
      const std::string old = numbered_lines(0, 8'000);
      const std::size_t taken = both.fill(old);
      CHECK(both.stream->owes());
      std::string expected;
      while (expected.size() < taken) expected += old;
      expected.resize(taken);
      const std::string instead(size, 'n');
      expected += instead;
      std::size_t sent = 0;
      both.world.run_until("all has come", [&] {
        both.client.poll();
        const net::Io io = both.stream->send(as_bytes(std::string_view(instead).substr(sent)));
        if (io.kind == Kind::moved) sent += io.bytes;
        both.stream->flush();
        return both.client.received().size() >= expected.size() || both.client.ended();
      });
      CHECK(both.client.why() == "");
      CHECK(both.client.received() == expected);
      CHECK_FALSE(both.stream->owes());
    }
  }
}

TEST_CASE("tls send: a socket that takes a few bytes at a time gets whole records, in order") {
  Accepting both;
  both.connect();
  const std::string much = numbered_lines(0, 20'000);
  const std::size_t taken = both.fill(much);
  std::string expected;
  while (expected.size() < taken) expected += much;
  expected.resize(taken);
  // The client reads a little, so that a little can be sent, again and again.
  both.world.run_until("all has come", [&] {
    both.client.poll();
    both.stream->flush();
    return both.client.received().size() >= taken;
  });
  CHECK(both.client.received() == expected);
}

TEST_CASE("tls send: what is owed is sent before what comes later, also what OpenSSL says by itself") {
  Accepting both;
  both.connect();
  const std::string piece = numbered_lines(0, 8'000);
  const std::size_t taken = both.fill(piece);
  REQUIRE(both.stream->owes());
  // There is room again, which what is owed has to get first.
  both.client.poll();
  both.stream->end_sending();
  both.world.run_until("the client met the end", [&] {
    both.client.poll();
    both.stream->flush();
    return both.client.ended();
  });
  CHECK(both.client.received().size() == taken);
  CHECK(both.client.was_told_of_the_end());
}

TEST_CASE("tls send: a client that reads nothing has a record and no more kept for it") {
  Accepting both;
  both.connect();
  const std::string piece(64 * KiB, 'a');
  (void)both.fill(piece);
  CHECK(both.stream->owes());
  CHECK(both.stream->send(as_bytes(piece)).kind == Kind::again);
  CHECK_FALSE(both.stream->tls()->clogged());
}

TEST_CASE("tls send: to a client that has gone it is an error and no signal") {
  Accepting both;
  both.connect();
  both.client.close();
  std::signal(SIGPIPE, SIG_DFL);
  (void)both.stream->send(as_bytes("anybody?"));
  const net::Io io = both.stream->send(as_bytes("anybody?"));
  CHECK(io.kind == Kind::error);
  CHECK(io.error_number == EPIPE);
  CHECK_FALSE(both.stream->owes());
}

TEST_CASE("tls send: one whose socket was full when he went is owed nothing any more") {
  Accepting both;
  both.connect();
  (void)both.fill(numbered_lines(0, 8'000));
  REQUIRE(both.stream->owes());
  both.client.close();
  both.stream->flush();
  CHECK_FALSE(both.stream->owes());
  CHECK(both.stream->send(as_bytes("anybody?")).kind == Kind::error);
}
