// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "kit/tls_client.hpp"
#include "kit/tls_meeting.hpp"

namespace charmux::test {

/// The stream under test is the server, and meets a client of the kit.
struct Accepting : TlsMeeting {
  net::TlsServerFiles files;
  std::optional<net::TlsContext> context;  ///< made at the first visit.
  TlsVisiting visiting;
  TlsClient client;

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
    UniqueFd far = connected();
    REQUIRE(stream->accept_tls(*context));
    return far;
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
  void talk(const std::string& said, const std::string& typed, std::size_t most) {
    TlsMeeting::talk(client, typed, said, most);
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
};

}  // namespace charmux::test
