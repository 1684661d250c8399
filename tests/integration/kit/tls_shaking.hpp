// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <fstream>
#include <optional>
#include <string>

#include "charmux/base/units.hpp"
#include "kit/tls_server.hpp"
#include "kit/world.hpp"
#include "net/stream.hpp"

namespace charmux::test {

/// Two ends of a connection, each in its own way: the stream under test, and a server of the kit.
struct Shaking {
  World world;
  TestAuthority authority;
  TlsServing serving{authority.issue()};
  net::TlsPeer peer{"127.0.0.1"};
  bool trusts = true;
  std::optional<net::Stream> stream;
  TlsServer server;
  net::Io shaken{net::Io::Kind::again};

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
      return shaken.kind != net::Io::Kind::again;
    });
  }
  void connect() {
    shake();
    REQUIRE(shaken.kind == net::Io::Kind::moved);
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
      if (io.kind != net::Io::Kind::moved) return io;
      into += as_text(BytesView(room).first(io.bytes));
    }
  }
  /// How it went that nothing more comes.
  net::Io read_to_the_end(std::string& into) {
    net::Io io{net::Io::Kind::again};
    world.run_until("nothing more comes", [&] {
      server.poll();
      io = read_all(into, 4096);
      return io.kind != net::Io::Kind::again;
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
      if (io.kind == net::Io::Kind::moved) sent += io.bytes;
      return heard.size() >= said.size() && server.received().size() - before >= typed.size();
    });
    CHECK(heard == said);
    CHECK(server.received().substr(before) == typed);
  }
  [[nodiscard]] net::TlsFailure::Kind failed() const {
    CHECK(shaken.kind == net::Io::Kind::error);
    CHECK(shaken.error_number == EPROTO);
    return stream->tls()->why().kind;
  }
  [[nodiscard]] const std::string& why() const { return stream->tls()->why().text; }
};

}  // namespace charmux::test
