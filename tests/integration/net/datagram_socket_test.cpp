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

TEST_CASE("the peer's datagrams come, and no stranger's, by IPv6 and at an address that stands for this machine") {
  for (const std::string host : {"127.0.0.1", "0.0.0.0", "::1"}) {
    CAPTURE(host);
    const int family = host == "::1" ? AF_INET6 : AF_INET;
    const Result<UniqueFd> socket =
        net::datagram_socket(*net::literal_endpoint({host, kPeer}), net::literal_endpoint({host, kHere}));
    REQUIRE(socket);
    Datagrams(0, kHere, family).send("let me in");
    Datagrams(kPeer, kHere, family).send("me");
    CHECK(received(socket->get()) == "me");
    CHECK(received(socket->get()).empty());
    // A datagram that the kernel took for the socket's before connect() meets the filter alone, as after this.
    const sockaddr nobody{AF_UNSPEC, {}};
    REQUIRE(::connect(socket->get(), &nobody, sizeof nobody) == 0);
    Datagrams(0, kHere, family).send("let me in");
    Datagrams(kPeer, kHere, family).send("me");
    CHECK(received(socket->get()) == "me");
  }
}

TEST_CASE("a UDP port that is taken is an error that says what to do, whoever its peer is") {
  const Result<UniqueFd> first = net::datagram_socket(loopback(kPeer), loopback(kHere));
  REQUIRE(first);
  const Result<UniqueFd> second = net::datagram_socket(loopback(kPeer + 1), loopback(kHere));
  REQUIRE_FALSE(second);
  CHECK(second.error().number == EADDRINUSE);
}
