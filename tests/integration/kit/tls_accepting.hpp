// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "charmux/base/units.hpp"
#include "kit/tls_client.hpp"
#include "kit/world.hpp"
#include "net/stream.hpp"

namespace charmux::test {

/// Two ends of a connection, each in its own way: the stream under test, which is the server, and a client of the kit.
struct Accepting {
  World world;
  TestAuthority authority;
  net::TlsServerFiles files;
  std::optional<net::TlsContext> context;  ///< made at the first visit.
  TlsVisiting visiting;
  std::optional<net::Stream> stream;
  TlsClient client;
  net::Io shaken{net::Io::Kind::again};

  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(world.directory / name) << text;
    return world.directory / name;
  }
  /// The server shows this too; `above`: those behind it.
  void show(const TestCertificate& own, const std::string& above = {}) {
    const std::string name = "own" + std::to_string(files.shown.size());
    files.shown.push_back({"", file(name + ".crt", own.cert + above), file(name + ".key", own.key)});
  }
  /// A client of this authority is let in.
  void ask_clients(const TestAuthority& by, bool required) {
    files.client_ca = file("clients.pem", by.cert());
    files.client_required = required;
  }
  void make_context() {
    if (files.shown.empty()) show(authority.issue({"DNS:vm.example"}));
    Result<net::TlsContext> made = net::TlsContext::server(files);
    if (!made) FAIL(made.error().text);
    context.emplace(*made);
  }
  /// A connection, whose far end is returned.
  UniqueFd arrive() {
    if (!context) make_context();
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    stream.emplace(UniqueFd(ends[0]), 64 * KiB);
    shaken = {net::Io::Kind::again};
    REQUIRE(stream->accept_tls(*context));
    return UniqueFd(ends[1]);
  }
  /// A client comes, and the handshake goes its way to the end.
  void visit() {
    client = TlsClient(arrive(), visiting);
    world.run_until("the handshake is done", [&] {
      client.poll();
      shake();
      return shaken.kind != net::Io::Kind::again;
    });
    world.run_until("the client knows", [&] {
      client.poll();
      return client.shaken() || client.ended();
    });
  }
  void shake() {
    if (shaken.kind == net::Io::Kind::again) shaken = stream->handshake();
  }
  void connect() {
    visit();
    CAPTURE(stream->tls()->why().text);
    REQUIRE(shaken.kind == net::Io::Kind::moved);
    REQUIRE(client.shaken());
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
  void talk(const std::string& said, const std::string& typed, std::size_t most) {
    std::string heard;
    std::size_t sent = 0;
    const std::size_t before = client.received().size();
    client.write(typed);
    world.run_until("all has come both ways", [&] {
      client.poll();
      (void)read_all(heard, most);
      stream->flush();
      const net::Io io = stream->send(as_bytes(std::string_view(said).substr(sent)));
      if (io.kind == net::Io::Kind::moved) sent += io.bytes;
      return heard.size() >= typed.size() && client.received().size() - before >= said.size();
    });
    CHECK(heard == typed);
    CHECK(client.received().substr(before) == said);
  }
  /// Sends that until the socket takes no more, while the client reads nothing; how much was taken.
  std::size_t fill(const std::string& piece) {
    std::size_t taken = 0;
    for (;;) {
      const net::Io io = stream->send(as_bytes(piece).subspan(taken % piece.size()));
      if (io.kind != net::Io::Kind::moved) return taken;
      taken += io.bytes;
    }
  }
  /// Why the server refused; its own words.
  [[nodiscard]] net::TlsFailure::Kind failed() const {
    CHECK(shaken.kind == net::Io::Kind::error);
    CHECK(shaken.error_number == EPROTO);
    return stream->tls()->why().kind;
  }
  [[nodiscard]] const std::string& why() const { return stream->tls()->why().text; }
};

}  // namespace charmux::test
