// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <netinet/tcp.h>
#include <sys/mount.h>

#include <fstream>
#include <memory>
#include <vector>

#include "backend/line.hpp"
#include "kit/chardev.hpp"
#include "kit/sink.hpp"
#include "kit/texts.hpp"
#include "kit/world.hpp"
#include "loop/timer.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

namespace {

/// A TCP chardev, emulated, and a backend for it that names it `host`.
struct AtPort {
  explicit AtPort(const std::string& host = "127.0.0.1", int family = AF_INET, int backlog = 16)
      : server(std::make_unique<ChardevServer>(At::port(0, family), backlog)),
        port(server->port()),
        socket(world.loop, impatient(), fixed(address::Tcp{{host, static_cast<std::uint16_t>(port)}})) {}
  World world;
  std::unique_ptr<ChardevServer> server;
  int port;
  backend::Line socket;
  std::unique_ptr<RecordingSink> sink;

  void start() { sink = std::make_unique<RecordingSink>(socket); }
  void wait_for(State state) {
    world.run_until("the backend's state", [&] { return sink->reached(state); });
  }
  Connection accept() {
    Connection guest;
    world.run_until("it is connected to", [&] { return static_cast<bool>(guest = server->accept()); });
    return guest;
  }
};

void talk(AtPort& at) {
  at.start();
  Connection guest = at.accept();
  guest.write(all_byte_values());
  at.world.run_until("all bytes have come from the guest", [&] { return at.sink->received == all_byte_values(); });
  at.sink->write(all_byte_values());
  at.world.run_until("all bytes have come to the guest", [&] {
    guest.poll();
    return guest.received() == all_byte_values();
  });
}

/// Connections to a server until one is not answered: that many fill its queue.
std::vector<UniqueFd> fill_backlog(int port) {
  std::vector<UniqueFd> waiting;
  for (;;) {
    const At to = At::port(port);
    UniqueFd one = to.socket();
    ::fcntl(one.get(), F_SETFL, O_NONBLOCK);
    (void)::connect(one.get(), to.raw(), to.length);
    // On loopback the handshake is done before connect(2) returns, if it is to be done at all.
    tcp_info info{};
    socklen_t length = sizeof info;
    ::getsockopt(one.get(), IPPROTO_TCP, TCP_INFO, &info, &length);
    if (info.tcpi_state != TCP_ESTABLISHED) return waiting;
    waiting.push_back(std::move(one));
  }
}

}  // namespace

TEST_CASE("all byte values pass a tcp chardev both ways") {
  AtPort at;
  talk(at);
}

TEST_CASE("all byte values pass an IPv6 chardev both ways") {
  AtPort at("::1", AF_INET6);
  talk(at);
}

TEST_CASE("a tcp chardev's host may be a name, looked up off the loop") {
  AtPort at("localhost");
  at.start();
  // Were it looked up on the loop, it would be connected by the first turn.
  at.world.loop.run_once();
  CHECK(at.sink->states.empty());
  at.wait_for(State::open);
}

TEST_CASE("a name that has two addresses is connected to at the one where the chardev is") {
  AtPort at("two-addresses");
  const std::string hosts = at.world.directory / "hosts";
  std::ofstream(hosts) << "::1 two-addresses\n127.0.0.1 two-addresses\n";
  REQUIRE(::mount(hosts.c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr) == 0);
  talk(at);
  ::umount("/etc/hosts");
}

TEST_CASE("a name that nobody knows is waited for") {
  AtPort at("no-such-host.invalid");
  at.start();
  at.wait_for(State::closed);
  CHECK(at.sink->reason().rfind("host no-such-host.invalid cannot be found: ", 0) == 0);
}

TEST_CASE("a backend may be stopped while its host is looked up") {
  AtPort at("localhost");
  // Timers that are due together fire in the order in which they were started: the look-up has just begun.
  loop::Timer stopping(at.world.loop, [&] { at.socket.stop(); });
  at.start();
  stopping.start(std::chrono::milliseconds(0));
  at.world.run_until("it has stopped", [&] { return at.socket.stopped(); });
  at.world.run_until("it has been looked up", [&] { return !at.world.loop.has_pending_work(); });
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK_FALSE(at.server->accept());
  CHECK(at.sink->states.empty());
}

TEST_CASE("a tcp chardev that is not there is waited for") {
  AtPort at;
  at.server.reset();
  at.start();
  at.wait_for(State::closed);
  CHECK(at.sink->reason() == fmt::format("tcp:127.0.0.1:{}: Connection refused", at.port));
  CHECK(at.world.turns_left_alone() < World::kCalm);
  at.server = std::make_unique<ChardevServer>(At::port(at.port));
  at.wait_for(State::open);
}

TEST_CASE("a tcp chardev that does not answer in time is held by another client, until it is free") {
  AtPort at("127.0.0.1", AF_INET, 0);
  const std::vector<UniqueFd> others = fill_backlog(at.port);
  at.start();
  at.wait_for(State::waiting);
  CHECK(at.sink->reason() == "held by another client");
  for (std::size_t i = 0; i < others.size(); ++i) (void)at.server->accept();
  at.wait_for(State::open);
}

TEST_CASE("a tcp chardev that is reset is closed, after its last bytes, and connected to again") {
  AtPort at;
  at.start();
  Connection guest = at.accept();
  guest.write("last words");
  at.world.run_until("they are heard", [&] { return at.sink->received == "last words"; });
  guest.reset();
  at.wait_for(State::closed);
  CHECK(at.sink->reason() == fmt::format("tcp:127.0.0.1:{}: Connection reset by peer", at.port));
  at.wait_for(State::open);
}

TEST_CASE("at the stop a tcp chardev is given all that was written, however late it reads, and then an end, no reset") {
  AtPort at;
  at.start();
  Connection guest = at.accept();
  at.wait_for(State::open);
  const std::string typed = numbered_lines(0, 1'000);
  at.sink->write(typed);
  REQUIRE(at.sink->unsent.empty());
  at.socket.stop();
  CHECK_FALSE(at.socket.stopped());
  // As QEMU does, a UART's FIFO at a time; what it has not read by then a reset would take away.
  at.world.run_until("the guest has read to the end", [&] {
    guest.take(16);
    return guest.ended();
  });
  CHECK(guest.error() == 0);
  CHECK(guest.received() == typed);
  guest.close();
  at.world.run_until("it has stopped", [&] { return at.socket.stopped(); });
}

TEST_CASE("what a chardev still says while it is parted from does not hold up the stop") {
  AtPort at;
  at.start();
  Connection guest = at.accept();
  at.wait_for(State::open);
  at.socket.stop();
  guest.write(numbered_lines(0, 1'000));
  guest.close();
  at.world.run_until("it has stopped", [&] { return at.socket.stopped(); });
  CHECK(at.sink->received.empty());
}

TEST_CASE(
    "a tcp chardev that does not take what was written is reset: QEMU would not notice an end, and serve nobody else") {
  AtPort at;
  at.start();
  Connection guest = at.accept();
  at.wait_for(State::open);
  at.sink->write(numbered_lines(0, 1'000'000));
  at.socket.stop();
  CHECK_FALSE(at.socket.stopped());
  CHECK(at.world.turns_left_alone() < World::kCalm);
  at.world.run_until("it has stopped", [&] { return at.socket.stopped(); });
  at.world.run_until("the guest is told that it was reset", [&] {
    guest.poll();
    return guest.ended();
  });
  CHECK(guest.error() == ECONNRESET);
}

TEST_CASE("a tcp chardev that does not read takes less, and goes on when it reads, in order") {
  AtPort at;
  at.start();
  Connection guest = at.accept();
  at.wait_for(State::open);
  const std::string typed = numbered_lines(0, 1'000'000);
  at.sink->write(typed);
  CHECK_FALSE(at.sink->unsent.empty());
  CHECK(at.world.turns_left_alone() < World::kCalm);
  at.world.run_until("all has come to the guest", [&] {
    guest.poll();
    return guest.received().size() >= typed.size();
  });
  CHECK(guest.received() == typed);
  CHECK(at.sink->writable > 0);
}
