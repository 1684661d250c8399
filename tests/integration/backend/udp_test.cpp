// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>

#include "backend/line.hpp"
#include "kit/datagrams.hpp"
#include "kit/sink.hpp"
#include "kit/texts.hpp"
#include "kit/world.hpp"
#include "loop/timer.hpp"

using namespace charmux;
using namespace charmux::test;
using backend::State;

namespace {

// Of the test's own network.
constexpr std::uint16_t kConsole = 4556;
constexpr std::uint16_t kGuest = 4557;

address::Udp between(const std::string& guest, const std::string& console) {
  return {{guest, kGuest}, address::HostPort{console, kConsole}};
}

/// A UDP chardev's backend, and its guest once there is one.
struct AtUdp {
  explicit AtUdp(address::Udp at = between("127.0.0.1", "127.0.0.1"))
      : udp(world.loop, impatient(), fixed(std::move(at))) {}
  World world;
  backend::Line udp;
  std::unique_ptr<RecordingSink> sink;
  std::unique_ptr<Datagrams> guest;

  void start() { sink = std::make_unique<RecordingSink>(udp); }
  void wait_for(State state) {
    world.run_until("the backend's state", [&] { return sink->reached(state); });
  }
  void opened(int family = AF_INET) {
    guest = std::make_unique<Datagrams>(kGuest, kConsole, family);
    start();
    wait_for(State::open);
  }
  void wait_received(const std::string& text) {
    world.run_until("that is heard", [&] { return sink->received.size() >= text.size(); });
    CHECK(sink->received == text);
  }
  void wait_typed(const std::string& text) {
    world.run_until("that has come to the guest", [&] {
      guest->poll();
      return guest->received.size() >= text.size();
    });
    CHECK(guest->received == text);
  }
};

void talk(AtUdp& at) {
  at.guest->send(all_byte_values());
  at.wait_received(all_byte_values());
  at.sink->write(all_byte_values());
  at.wait_typed(all_byte_values());
}

}  // namespace

TEST_CASE("all byte values pass a udp chardev both ways") {
  AtUdp at;
  at.opened();
  talk(at);
}

TEST_CASE("a udp console that is bound to * takes its guest's family, and names are looked up off the loop") {
  AtUdp at(between("localhost", "*"));
  at.start();
  // Timers that are due together fire in the order in which they were started: the look-up has just begun.
  bool pending = false;
  loop::Timer after(at.world.loop, [&] { pending = at.world.loop.has_pending_work(); });
  after.start(std::chrono::milliseconds(0));
  at.wait_for(State::open);
  CHECK(pending);
  at.udp.stop();
  AtUdp six(between("::1", "*"));
  six.opened(AF_INET6);
  talk(six);
}

TEST_CASE("a datagram that is larger than what is read at once comes whole, though its guest says no more") {
  World world;
  backend::Line udp(world.loop, impatient(), fixed(between("127.0.0.1", "127.0.0.1")));
  SippingSink sink(udp, 512);
  Datagrams guest(kGuest, kConsole);
  world.run_until("it is open", [&] { return sink.open; });
  const std::string large = numbered_lines(0, 7'000);
  REQUIRE(guest.send(large));
  world.run_until("all has come", [&] { return sink.received.size() >= large.size(); });
  CHECK(sink.received == large);
  CHECK(world.turns_left_alone() < World::kCalm);
}

TEST_CASE("what is left of a large datagram waits while the guest is held") {
  World world;
  backend::Line udp(world.loop, impatient(), fixed(between("127.0.0.1", "127.0.0.1")));
  SippingSink sink(udp, 512);
  Datagrams guest(kGuest, kConsole);
  world.run_until("it is open", [&] { return sink.open; });
  REQUIRE(guest.send(numbered_lines(0, 200)));
  world.run_until("its beginning has come", [&] { return !sink.received.empty(); });
  udp.hold(true);
  const std::size_t until_then = sink.received.size();
  CHECK(world.turns_left_alone() < World::kCalm);
  CHECK(sink.received.size() == until_then);
  udp.hold(false);
  world.run_until("the rest has come", [&] { return sink.received.size() >= 1800; });
  CHECK(sink.received == numbered_lines(0, 200));
}

TEST_CASE("an empty datagram is nothing, not the end") {
  AtUdp at;
  at.opened();
  at.guest->send("");
  at.guest->send("still here");
  at.wait_received("still here");
  CHECK_FALSE(at.sink->reached(State::closed));
}

TEST_CASE("a stranger's datagrams are not taken, and are no loss") {
  AtUdp at;
  at.opened();
  Datagrams stranger(0, kConsole);
  for (int count = 0; count < 100; ++count) stranger.send("let me in");
  at.guest->send("me alone");
  at.wait_received("me alone");
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(at.sink->received == "me alone");
  CHECK(at.sink->remarks.empty());
}

TEST_CASE("what is typed goes in datagrams that a frame holds and QEMU does not cut") {
  AtUdp at;
  at.opened();
  const std::string typed = numbered_lines(0, 1'000);
  at.sink->write(typed);
  at.wait_typed(typed);
  for (const std::size_t size : at.guest->sizes) CHECK(size <= 1024);
}

TEST_CASE("while nobody listens what is typed is lost, which is said once; what is typed when somebody does arrives") {
  AtUdp at;
  at.start();
  at.wait_for(State::open);
  for (int count = 0; count < 20; ++count) {
    at.sink->write("lost");
    at.world.turn();
  }
  at.world.run_until("it is said", [&] { return !at.sink->remarks.empty(); });
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(at.sink->unsent.empty());
  REQUIRE(at.sink->remarks.size() == 1);
  CHECK(at.sink->remarks.front() ==
        "udp:127.0.0.1:4557,bind=127.0.0.1:4556: nobody listens at 127.0.0.1:4557: what was typed is lost");
  // News that the last was lost is still there when the next is written.
  at.sink->write("lost");
  at.guest = std::make_unique<Datagrams>(kGuest, kConsole);
  at.sink->write("heard");
  at.wait_typed("heard");
  at.guest->received.clear();
  talk(at);
  CHECK_FALSE(at.sink->reached(State::closed));
}

TEST_CASE("datagrams that the kernel had no room for are counted and said") {
  AtUdp at;
  at.opened();
  at.udp.hold(true);
  std::size_t sent = 0;
  for (; sent < 60'000; ++sent) at.guest->send("x");
  at.udp.hold(false);
  at.world.run_until("it is said", [&] { return !at.sink->remarks.empty(); });
  REQUIRE(at.sink->received.size() < sent);
  CHECK(at.sink->remarks.front() ==
        fmt::format("udp:127.0.0.1:4557,bind=127.0.0.1:4556: {} datagrams lost: they came faster than they were read",
                    sent - at.sink->received.size()));
}

TEST_CASE("a udp host that nobody knows is waited for") {
  AtUdp at({{"no-such-host.invalid", kGuest}, std::nullopt});
  at.start();
  at.wait_for(State::closed);
  CHECK(at.sink->reason().rfind("host no-such-host.invalid cannot be found: ", 0) == 0);
}

TEST_CASE("a udp port that another has is refused with what to do, and taken once it is free") {
  auto other = std::make_unique<Datagrams>(kConsole, kGuest);
  AtUdp at;
  at.start();
  at.wait_for(State::refused);
  CHECK(at.sink->reason() ==
        "cannot take datagrams at udp 127.0.0.1:4556: another socket has that port (see `ss -lunp`); "
        "stop its program or choose another port");
  other.reset();
  at.wait_for(State::open);
}

TEST_CASE("a udp host and bind of two families are refused with what to do") {
  AtUdp at(between("127.0.0.1", "::1"));
  at.start();
  at.wait_for(State::refused);
  CHECK(at.sink->reason() ==
        "udp:127.0.0.1:4557,bind=[::1]:4556: host and bind are of two families; write both as IPv4 or "
        "both as IPv6");
}

TEST_CASE("without bind a udp guest answers where the first datagram came from") {
  AtUdp at({{"127.0.0.1", kGuest}, std::nullopt});
  const At here = At::port(kGuest);
  const UniqueFd guest(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(guest.get(), here.raw(), here.length) == 0);
  at.start();
  at.wait_for(State::open);
  at.sink->write("\r");
  At from;
  from.length = sizeof from.storage;
  char room[16];
  at.world.run_until("the guest is asked", [&] {
    return ::recvfrom(guest.get(), room, sizeof room, 0, reinterpret_cast<sockaddr*>(&from.storage), &from.length) == 1;
  });
  REQUIRE(::sendto(guest.get(), "login: ", 7, 0, from.raw(), from.length) == 7);
  at.wait_received("login: ");
}

TEST_CASE("a udp console that is put down leaves its port to others, and takes it back") {
  AtUdp at;
  at.opened();
  at.udp.put_down("put down by root");
  at.wait_for(State::down);
  { const Datagrams other(kConsole, kGuest); }
  at.udp.reopen();
  at.wait_for(State::open);
  at.guest->send("hello");
  at.wait_received("hello");
}
