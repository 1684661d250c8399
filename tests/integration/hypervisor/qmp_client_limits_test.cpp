// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <unistd.h>

#include "kit/at_monitor.hpp"
#include "kit/out_of_descriptors.hpp"

using namespace charmux;
using namespace charmux::test;
using namespace std::chrono_literals;

namespace {

/// A client that asks each time whether it may connect.
struct Asking : AtMonitor {
  using AtMonitor::AtMonitor;
  Status qmp_may_connect() override {
    CHECK(!inside);
    ++asked;
    if (allowed) return {};
    return failure("not yours");
  }
  bool allowed = false;
  int asked = 0;
};

}  // namespace

TEST_CASE("without a descriptor left it is refused, not absent, and tried again") {
  AtMonitor at;
  at.start_qemu();
  {
    const OutOfDescriptors none;
    at.start();
    CHECK(at.wait_for(State::refused) == "Too many open files");
  }
  at.wait_for(State::ready);
  CHECK(at.states.size() == 2);
}

TEST_CASE("what is no listening socket of a stream is refused") {
  AtMonitor at;
  REQUIRE(::symlink(at.path.c_str(), at.path.c_str()) == 0);
  at.start();
  CHECK(at.wait_for(State::refused) == "Too many levels of symbolic links");
}

TEST_CASE("whether it may connect is asked before each try") {
  Asking at;
  at.start_qemu();
  at.start();
  CHECK(at.wait_for(State::refused) == "not yours");
  at.run_until("it is asked again", [&] { return at.asked >= 3; });
  CHECK(at.qemu->connections == 0);
  CHECK(at.states.size() == 1);
  at.allowed = true;
  at.wait_for(State::ready);
  at.allowed = false;
  at.qemu->hang_up();
  at.wait_for(State::absent);
  CHECK(at.wait_for(State::refused) == "not yours");
  CHECK(at.qemu->connections == 1);
}

TEST_CASE("a QEMU that stopped answering is frozen, not busy, until it is ready again") {
  auto settings = impatient();
  settings.answer = settings.greeting = 20ms;
  AtMonitor at(settings);
  at.be_ready();
  at.qemu->greets = false;
  at.ask("query-name");
  CHECK(at.wait_for(State::frozen) == "QEMU does not answer");
  at.run_until("it connects again", [&] { return at.qemu->connections >= 4; });
  CHECK(at.states.size() == 2);
  SUBCASE("it goes on") {
    at.qemu->greets = true;
    at.wait_for(State::ready);
    CHECK(at.states.size() == 3);
  }
  SUBCASE("nobody listens any more") {
    at.qemu.reset();
    at.wait_for(State::absent);
    // From then on it is as any other.
    at.start_qemu();
    at.qemu->greets = false;
    CHECK(at.wait_for(State::busy) == "monitor busy");
  }
}

TEST_CASE("a client that leaves fails what is unanswered, each once, and is told nothing any more") {
  AtMonitor at;
  at.be_ready();
  at.ask("query-name");
  at.ask("query-uuid");
  at.client->leave(Error{"it is another's"});
  CHECK(at.told == Told{"query-name failed: it is another's", "query-uuid failed: it is another's"});
  at.run_until("the monitor is free again", [&] { return at.qemu->client.ended(); });
  at.ask("query-status");
  at.wait_told(3);
  CHECK(at.told.back() == "query-status failed: QEMU at " + at.path + " cannot be asked query-status: it is another's");
  at.call([](QmpClient& it) { it.retry(); });
  CHECK(at.world.turns_left_alone() < World::kCalm);
  at.qemu->poll();
  CHECK(at.qemu->connections == 1);
  CHECK(at.states.size() == 1);
}

TEST_CASE("a client may leave before it is connected, and what was asked of it fails") {
  AtMonitor at;
  at.ask("query-name");
  at.client->leave(Error{"it is another's"});
  CHECK(at.told == Told{"query-name failed: it is another's"});
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(at.told.size() == 1);
}

TEST_CASE("a client that leaves may be destroyed by the first that is failed") {
  AtMonitor at;
  at.be_ready();
  at.on_answer = [&] { at.client.reset(); };
  at.ask("query-name");
  at.ask("query-uuid");
  at.client->leave(Error{"it is another's"});
  CHECK(at.client == nullptr);
  CHECK(at.told.size() == 1);
}

TEST_CASE("a client may leave in an answer") {
  AtMonitor at;
  at.be_ready();
  at.on_answer = [&] {
    at.on_answer = nullptr;
    at.client->leave(Error{"it is another's"});
  };
  at.ask("query-name");
  at.ask("query-uuid");
  at.qemu->answer(at.command(), "{}");
  at.qemu->answer(at.command(), "{}");
  at.wait_told(2);
  (void)at.world.turns_left_alone();
  CHECK(at.told == Told{"query-name: {}", "query-uuid failed: it is another's"});
  CHECK(at.states.size() == 1);
}
