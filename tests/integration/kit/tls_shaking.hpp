// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kit/tls_meeting.hpp"
#include "kit/tls_server.hpp"

namespace charmux::test {

/// The stream under test is the client, and meets a server of the kit.
struct Shaking : TlsMeeting {
  TlsServing serving{authority.issue()};
  net::TlsPeer peer{"127.0.0.1"};
  bool trusts = true;
  TlsServer server;

  void shake(const net::TlsFiles& own = {}) {
    const Result<net::TlsContext> context =
        net::TlsContext::client({trusts ? file("ca.pem", authority.cert()) : "", own.cert, own.key});
    REQUIRE(context);
    server = TlsServer(connected(), serving);
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
    TlsMeeting::talk(server, said, typed, most);
  }
};

}  // namespace charmux::test
