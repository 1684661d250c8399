// SPDX-License-Identifier: Apache-2.0
#include "net/stream.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>

#include "charmux/base/units.hpp"
#include "kit/connection.hpp"
#include "kit/world.hpp"
#include "net/server_socket.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// A client and the stream that serves it.
struct Served {
  explicit Served(const net::Endpoint& at, const At& to)
      : socket(*net::ServerSocket::listen(at)), client(connect_to(to)), stream(accept(), 64 * KiB) {}
  UniqueFd accept() { return UniqueFd(::accept4(socket.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)); }
  net::ServerSocket socket;
  Connection client;
  net::Stream stream;
};

}  // namespace

TEST_CASE("a client is named by its address, on a UNIX socket by its user") {
  const Served four(*net::literal_endpoint({"127.0.0.1", 7001}), At::port(7001));
  CHECK(four.stream.peer().rfind("127.0.0.1:", 0) == 0);
  const Served six(*net::literal_endpoint({"::1", 7001}), At::port(7001, AF_INET6));
  CHECK(six.stream.peer().rfind("[::1]:", 0) == 0);
  TempDir directory;
  const Served local(*net::endpoint(address::SocketPath{directory / "door", false}), At::path(directory / "door"));
  CHECK(local.stream.peer() == fmt::format("uid {}", ::getuid()));
}

TEST_CASE("a send to a client that has gone is an error and no signal") {
  TempDir directory;
  Served served(*net::endpoint(address::SocketPath{directory / "door", false}), At::path(directory / "door"));
  served.client.close();
  const net::Io io = served.stream.send(as_bytes("anybody?"));
  CHECK(io.kind == net::Io::Kind::error);
  CHECK(io.error_number == EPIPE);
}

TEST_CASE("a client that does not read is told to wait after a few hundred KiB") {
  for (const bool tcp : {false, true}) {
    TempDir directory;
    const std::string path = directory / "door";
    Served served(tcp ? *net::literal_endpoint({"127.0.0.1", 7001}) : *net::endpoint(address::SocketPath{path, false}),
                  tcp ? At::port(7001) : At::path(path));
    const Bytes piece(16 * KiB);
    std::size_t sent = 0;
    net::Io io = {net::Io::Kind::moved};
    while ((io = served.stream.send(piece)).kind == net::Io::Kind::moved) sent += io.bytes;
    CHECK(io.kind == net::Io::Kind::again);
    // What may be unsent, and what the other side's kernel holds.
    CHECK(sent <= (tcp ? 512U : 160U) * 1024);
  }
}

TEST_CASE("telnet's urgent byte stays in its place in the stream") {
  Served served(*net::literal_endpoint({"127.0.0.1", 7001}), At::port(7001));
  // IAC DM, as a client sends it at an interrupt key: DM is TCP's urgent byte (RFC 854, the Synch).
  REQUIRE(::send(served.client.fd(), "a\xFF\xF2", 3, MSG_OOB) == 3);
  served.client.write("b");
  World world;
  std::string got;
  world.run_until(
      "all has come",
      [&] {
        std::array<std::byte, 16> room;
        const net::Io io = served.stream.recv(room);
        if (io.kind == net::Io::Kind::moved) got += as_text(BytesView(room).first(io.bytes));
        return got.size() >= 4;
      },
      std::chrono::seconds(2));
  CHECK(got ==
        "a\xFF\xF2"
        "b");
}

TEST_CASE("how far a client has read is told by its window, whatever its machine has taken") {
  World world;
  const net::ServerSocket socket = *net::ServerSocket::listen(*net::literal_endpoint({"127.0.0.1", 7001}));
  Connection client = connect_to(At::port(7001), 64 * KiB);
  net::Stream stream(UniqueFd(::accept4(socket.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)), 64 * KiB);
  const auto fill = [&] {
    std::size_t sent = 0;
    const Bytes piece(16 * KiB);
    for (net::Io io = stream.send(piece); io.kind == net::Io::Kind::moved; io = stream.send(piece)) sent += io.bytes;
    return sent;
  };
  const std::uint64_t before = stream.reads()->at_least;
  std::size_t taken = fill();
  const std::uint64_t full = stream.reads()->at_least;
  CHECK(full - before < taken);
  world.run_until("it has read all", [&] {
    taken += fill();
    client.poll();
    return client.received().size() > 1 * MiB;
  });
  CHECK(stream.reads()->at_least - full > 512 * KiB);
  CHECK(stream.reads()->at_least - before <= taken + 1 * MiB);
}

TEST_CASE("on a UNIX socket nobody knows how far a client has read") {
  TempDir directory;
  const Served local(*net::endpoint(address::SocketPath{directory / "door", false}), At::path(directory / "door"));
  CHECK_FALSE(local.stream.reads());
}
