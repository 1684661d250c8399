// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "kit/at_monitor.hpp"

using namespace charmux;
using namespace charmux::test;

TEST_CASE("the client may be destroyed in any callback, and then none follows") {
  AtMonitor at;
  const auto destroy = [&] { at.client.reset(); };
  SUBCASE("as it becomes ready") {
    at.on_state = [&](State) { destroy(); };
    at.be_ready();
  }
  SUBCASE("as nobody is there") {
    at.on_state = [&](State) { destroy(); };
    at.start();
    at.wait_for(State::absent);
  }
  SUBCASE("as it is lost, with commands unanswered") {
    at.be_ready();
    at.on_state = [&](State) { destroy(); };
    at.ask("query-name");
    at.qemu->hang_up();
    at.wait_for(State::absent);
  }
  SUBCASE("in the first of many events and answers") {
    at.be_ready();
    at.on_event = destroy;
    at.ask("query-name");
    const ScriptedQmp::Command command = at.command();
    at.qemu->say(R"({"event": "STOP"} {"event": "RESET"} {"return": {}, "id": )" + command.id + "} garbage");
    at.run_until("it is destroyed", [&] { return at.client == nullptr; });
  }
  SUBCASE("in an answer before another") {
    at.be_ready();
    at.on_answer = destroy;
    at.ask("query-name");
    at.ask("query-uuid");
    at.qemu->answer(at.command(), "{}");
    at.qemu->answer(at.command(), "{}");
    at.run_until("it is destroyed", [&] { return at.client == nullptr; });
  }
  SUBCASE("in the first failure of many") {
    at.be_ready();
    at.on_answer = destroy;
    at.ask("query-name");
    at.ask("query-uuid");
    at.qemu.reset();
    at.run_until("it is destroyed", [&] { return at.client == nullptr; });
  }
  SUBCASE("in the first that could not be asked") {
    at.on_answer = destroy;
    at.ask("query-name");
    at.ask("query-uuid");
    at.run_until("it is destroyed", [&] { return at.client == nullptr; });
  }
  const std::size_t states = at.states.size();
  const std::size_t told = at.told.size();
  CHECK(told <= 1);
  (void)at.world.turns_left_alone();
  CHECK(at.states.size() == states);
  CHECK(at.told.size() == told);
}

TEST_CASE("destroyed from outside, it calls nobody, whatever was unanswered") {
  AtMonitor at;
  at.be_ready();
  at.ask("query-name");
  at.client.reset();
  (void)at.world.turns_left_alone();
  CHECK(at.told.empty());
  at.run_until("the monitor is free again", [&] { return at.qemu->client.ended(); });
}
