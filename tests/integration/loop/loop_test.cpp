// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <csignal>
#include <memory>
#include <optional>
#include <thread>

#include "charmux/base/unique_fd.hpp"
#include "kit/world.hpp"
#include "loop/poll.hpp"
#include "loop/signal.hpp"
#include "loop/turn_end.hpp"
#include "loop/work.hpp"

using namespace charmux;
using namespace charmux::test;

namespace {

/// Two connected sockets.
struct Pair {
  Pair() {
    std::array<int, 2> fds{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()) == 0);
    near.reset(fds[0]);
    far.reset(fds[1]);
  }
  UniqueFd near;
  UniqueFd far;
};

}  // namespace

TEST_CASE("a timer may destroy itself when it is called") {
  World world;
  std::unique_ptr<loop::Timer> timer;
  bool called = false;
  timer = std::make_unique<loop::Timer>(world.loop, [&] {
    timer.reset();
    called = true;  // what the callback holds is still there
  });
  timer->start(std::chrono::milliseconds(0));
  world.run_until("it is called", [&] { return called; });
}

TEST_CASE("a poll may destroy itself when it is called, and its descriptor be closed and used anew at once") {
  World world;
  Pair pair;
  int called = 0;
  loop::Poll poll;
  poll = *loop::Poll::watch(world.loop, pair.near.get(), [&](unsigned) {
    ++called;
    const int number = pair.near.get();
    poll = {};
    pair.near.reset();
    Pair other;
    CHECK(other.near.get() == number);
    pair.near = std::move(other.near);
    poll = *loop::Poll::watch(world.loop, pair.near.get(), [&](unsigned) { called += 10; });
    poll.want(loop::kReadable);
    REQUIRE(::write(other.far.get(), "x", 1) == 1);
  });
  poll.want(loop::kReadable);
  REQUIRE(::write(pair.far.get(), "x", 1) == 1);
  world.run_until("both were called", [&] { return called >= 11; });
}

TEST_CASE("a poll that another's callback destroyed in the same turn is not called") {
  World world;
  Pair first;
  Pair second;
  int called = 0;
  std::array<loop::Poll, 2> polls;
  const auto destroy_the_other = [&](std::size_t other) {
    ++called;
    polls[other] = {};
  };
  polls[0] = *loop::Poll::watch(world.loop, first.near.get(), [&](unsigned) { destroy_the_other(1); });
  polls[1] = *loop::Poll::watch(world.loop, second.near.get(), [&](unsigned) { destroy_the_other(0); });
  for (loop::Poll& poll : polls) poll.want(loop::kReadable);
  REQUIRE(::write(first.far.get(), "x", 1) == 1);
  REQUIRE(::write(second.far.get(), "x", 1) == 1);
  world.loop.run_once();
  CHECK(called == 1);
}

TEST_CASE("a regular file cannot be watched, and that is said") {
  World world;
  const UniqueFd file(::open((world.directory / "file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  const auto poll = loop::Poll::watch(world.loop, file.get(), [](unsigned) {});
  REQUIRE_FALSE(poll);
  CHECK(poll.error().text == fmt::format("descriptor {} cannot be watched: operation not permitted", file.get()));
}

TEST_CASE("work that is forgotten before it is done still ends, and nothing is called then") {
  World world;
  auto go = std::make_shared<std::atomic<bool>>(false);
  auto ended = std::make_shared<std::atomic<bool>>(false);
  bool called = false;
  {
    const loop::Work work(
        world.loop,
        [go, ended] {
          while (!*go) std::this_thread::yield();
          *ended = true;
        },
        [&called] { called = true; });
    world.turn();
  }
  CHECK(world.loop.has_pending_work());
  *go = true;
  world.run_until("it has come back", [&] { return !world.loop.has_pending_work(); });
  CHECK(*ended);
  CHECK_FALSE(called);
}

TEST_CASE("work that is done calls back, and may be replaced by its own callback") {
  World world;
  int done = 0;
  loop::Work work;
  work = loop::Work(
      world.loop, [] {},
      [&] {
        ++done;
        work = loop::Work(
            world.loop, [] {}, [&done] { ++done; });
      });
  world.run_until("both are done", [&] { return done == 2; });
}

TEST_CASE("a turn's end that a timer asks for comes in the same turn, without another event") {
  World world;
  bool ended = false;
  loop::TurnEnd turn_end(world.loop, [&ended] { ended = true; });
  loop::Timer timer(world.loop, [&turn_end] { turn_end.request(); });
  timer.start(std::chrono::milliseconds(1));
  // Something that keeps the loop waiting, and never happens: without its own means the end would not be reached.
  const Pair silent;
  loop::Poll poll = *loop::Poll::watch(world.loop, silent.near.get(), [](unsigned) {});
  poll.want(loop::kReadable);
  world.loop.run_once();
  if (!ended) world.loop.run_once();
  CHECK(ended);
}

TEST_CASE("a turn's end that asks for itself comes once a turn, and the loop looks at its events in between") {
  World world;
  Pair pair;
  int ends = 0;
  std::optional<loop::TurnEnd> turn_end;
  turn_end.emplace(world.loop, [&] {
    if (++ends < 1000) turn_end->request();
  });
  int ends_when_read = 0;
  loop::Poll poll = *loop::Poll::watch(world.loop, pair.near.get(), [&](unsigned) {
    ends_when_read = ends;
    poll.want(0);
  });
  poll.want(loop::kReadable);
  REQUIRE(::write(pair.far.get(), "x", 1) == 1);
  turn_end->request();
  world.loop.run_once();
  CHECK(ends == 1);
  world.run_until("all ends have come", [&] { return ends == 1000; });
  CHECK(ends_when_read <= 1);
  CHECK(world.turns_left_alone() < World::kCalm);
  CHECK(ends == 1000);
}

TEST_CASE("a signal is a call on the loop and does not keep it running") {
  World world;
  int caught = 0;
  const loop::Signal signal(world.loop, SIGUSR1, [&caught] { ++caught; });
  ::raise(SIGUSR1);
  world.run_until("it is caught", [&] { return caught == 1; });
  world.loop.run();  // returns: nothing active is left
}
