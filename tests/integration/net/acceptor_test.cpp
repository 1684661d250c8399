// SPDX-License-Identifier: Apache-2.0
#include "net/acceptor.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>

#include <optional>
#include <vector>

#include "kit/connection.hpp"
#include "kit/out_of_descriptors.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// A door that keeps whoever arrives.
struct AcceptorWorld {
  World world;
  std::vector<UniqueFd> arrived;
  int refused = 0;
  std::optional<net::Acceptor> acceptor;

  AcceptorWorld() {
    auto socket = net::ServerSocket::listen(*net::literal_endpoint({"127.0.0.1", 7001}));
    REQUIRE(socket);
    auto started = net::Acceptor::start(
        world.loop, std::move(*socket),
        {[this](UniqueFd client) { arrived.push_back(std::move(client)); }, [this](UniqueFd) { ++refused; }});
    REQUIRE(started);
    acceptor.emplace(std::move(*started));
  }
};

}  // namespace

TEST_CASE("an acceptor hands over sockets that do not wait and that no child inherits") {
  AcceptorWorld door;
  const Connection client = connect_to(At::port(7001));
  door.world.run_until("it has arrived", [&] { return door.arrived.size() == 1; });
  CHECK((::fcntl(door.arrived[0].get(), F_GETFL) & O_NONBLOCK) != 0);
  CHECK((::fcntl(door.arrived[0].get(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("a storm of clients is taken to the last one") {
  AcceptorWorld door;
  std::vector<Connection> clients;
  clients.reserve(200);
  for (int i = 0; i < 200; ++i) clients.push_back(connect_to(At::port(7001)));
  door.world.run_until("all have arrived", [&] { return door.arrived.size() == 200; });
  CHECK(door.refused == 0);
}

TEST_CASE("without a free descriptor clients are refused one by one, nothing spins, and it goes on when there is one") {
  AcceptorWorld door;
  // Their descriptors are had before there are none.
  std::vector<UniqueFd> early;
  early.reserve(40);
  for (int i = 0; i < 40; ++i) early.push_back(At::port(7001).socket());
  const At at = At::port(7001);
  {
    const OutOfDescriptors full;
    for (const UniqueFd& each : early) REQUIRE(::connect(each.get(), at.raw(), at.length) == 0);
    door.world.run_until("all were refused", [&] { return door.refused == 40; });
    CHECK(door.arrived.empty());
    for (const UniqueFd& each : early) {
      char byte = 0;
      CHECK(::recv(each.get(), &byte, 1, MSG_DONTWAIT) == 0);
    }
    CHECK(door.world.turns_left_alone() < World::kCalm);
  }
  const Connection late = connect_to(at);
  door.world.run_until("the late one has arrived", [&] { return door.arrived.size() == 1; });
  CHECK(door.refused == 40);
}

TEST_CASE("an acceptor that has lost even its spare descriptor rests instead of spinning, and goes on later") {
  AcceptorWorld door;
  std::optional<UniqueFd> early = At::port(7001).socket();
  const At at = At::port(7001);
  {
    // Fewer than are open already: nothing can be opened, even after one was given up.
    const rlimit none{3, 4096};
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const rlimit full{none.rlim_cur, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &full) == 0);
    REQUIRE(::connect(early->get(), at.raw(), at.length) == 0);
    CHECK(door.world.turns_left_alone() < World::kCalm);
    CHECK(door.arrived.empty());
    CHECK(door.refused == 0);
    ::setrlimit(RLIMIT_NOFILE, &before);
  }
  door.world.run_until("it has arrived", [&] { return door.arrived.size() == 1; });
}

TEST_CASE("an acceptor whose clients have gone before they were taken goes on") {
  AcceptorWorld door;
  for (int i = 0; i < 5; ++i) connect_to(At::port(7001)).reset();
  const Connection stays = connect_to(At::port(7001));
  door.world.run_until("all have arrived, gone or not", [&] { return door.arrived.size() == 6; });
  CHECK(door.world.turns_left_alone() < World::kCalm);
}
