// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "kit/texts.hpp"
#include "kit/tls_shaking.hpp"

using namespace charmux;
using namespace charmux::test;
using Kind = net::Io::Kind;

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
