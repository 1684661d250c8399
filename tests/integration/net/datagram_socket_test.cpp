// SPDX-License-Identifier: Apache-2.0
#include "net/datagram_socket.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <thread>

#include "kit/datagrams.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

// Of the test's own network.
constexpr std::uint16_t kHere = 4556;
constexpr std::uint16_t kPeer = 4557;

net::Endpoint loopback(std::uint16_t port) { return *net::literal_endpoint({"127.0.0.1", port}); }

std::string received(int fd) {
  std::array<char, 64> room;
  const ssize_t got = ::recv(fd, room.data(), room.size(), MSG_DONTWAIT);
  return {room.data(), got < 0 ? 0 : static_cast<std::size_t>(got)};
}

}  // namespace

TEST_CASE("not even between bind and connect does a socket take a stranger's datagrams") {
  std::atomic<bool> ended = false;
  std::thread stranger([&ended] {
    Datagrams socket(0, kHere);
    while (!ended) socket.send("let me in");
  });
  Datagrams peer(kPeer, kHere);
  int taken = 0;
  for (int count = 0; count < 5'000; ++count) {
    const Result<UniqueFd> socket = net::datagram_socket(loopback(kPeer), loopback(kHere));
    REQUIRE(socket);
    taken += received(socket->get()).empty() ? 0 : 1;
    peer.send("me");
    CHECK(received(socket->get()) == "me");
  }
  ended = true;
  stranger.join();
  CHECK(taken == 0);
}

TEST_CASE("a UDP port that is taken is an error that says what to do, whoever its peer is") {
  const Result<UniqueFd> first = net::datagram_socket(loopback(kPeer), loopback(kHere));
  REQUIRE(first);
  const Result<UniqueFd> second = net::datagram_socket(loopback(kPeer + 1), loopback(kHere));
  REQUIRE_FALSE(second);
  CHECK(second.error().number == EADDRINUSE);
}
