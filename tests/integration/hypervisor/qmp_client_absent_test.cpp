// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <unistd.h>

#include "kit/at_monitor.hpp"

using namespace charmux;
using namespace charmux::test;
using namespace std::chrono_literals;

TEST_CASE("what is unanswered when QEMU goes fails in order, once, and it is found again when it returns") {
  AtMonitor at;
  at.be_ready();
  at.ask("query-name");
  at.ask("query-uuid");
  at.command();
  at.command();
  at.qemu->tell("SHUTDOWN");
  at.qemu.reset();
  CHECK(at.wait_for(State::absent) == "QEMU closed it");
  at.wait_told(3);
  CHECK(at.told == Told{"event SHUTDOWN",
                        "query-name failed: QEMU at " + at.path + " has not answered query-name: QEMU closed it",
                        "query-uuid failed: QEMU at " + at.path + " has not answered query-uuid: QEMU closed it"});
  CHECK(at.wait_for(State::absent) == "Connection refused");
  ::unlink(at.path.c_str());
  CHECK(at.wait_for(State::absent) == "No such file or directory");
  at.start_qemu();
  at.wait_for(State::ready);
  at.ask("query-name");
  at.qemu->answer(at.command(), "{}");
  at.wait_told(4);
  CHECK(at.told.back() == "query-name: {}");
}

TEST_CASE("what QEMU left half said is forgotten when it returns") {
  AtMonitor at;
  at.be_ready();
  at.qemu->say(R"({"event": "STO)");
  at.qemu->hang_up();
  at.wait_for(State::absent);
  at.wait_for(State::ready);
  at.ask("query-name");
  at.qemu->answer(at.command(), "{}");
  at.wait_told(1);
  CHECK(at.told == Told{"query-name: {}"});
}

TEST_CASE("what is asked of a monitor that is not there fails, later") {
  AtMonitor at;
  at.ask("query-name");
  at.wait_told(1);
  CHECK(at.told.back() ==
        "query-name failed: QEMU at " + at.path + " cannot be asked query-name: it is not connected yet");
  at.start();
  at.wait_for(State::absent);
  at.on_answer = [&] {
    at.on_answer = nullptr;
    at.ask("query-status");
  };
  at.ask("query-uuid");
  at.wait_told(3);
  CHECK(at.told[1] ==
        "query-uuid failed: QEMU at " + at.path + " cannot be asked query-uuid: No such file or directory");
  CHECK(at.told[2].starts_with("query-status failed"));
}

TEST_CASE("a QEMU that stopped answering is frozen, and connected to again") {
  auto settings = impatient();
  settings.answer = 30ms;
  AtMonitor at(settings);
  at.be_ready();
  at.ask("query-name");
  CHECK(at.wait_for(State::frozen) == "QEMU does not answer");
  at.wait_told(1);
  CHECK(at.told.back() ==
        "query-name failed: QEMU at " + at.path + " has not answered query-name: QEMU does not answer");
  at.wait_for(State::ready);
}

TEST_CASE("retry tries at once, however long the pause was to be") {
  auto settings = impatient();
  settings.reopen_first = settings.reopen_most = 1h;
  AtMonitor at(settings);
  at.start();
  at.wait_for(State::absent);
  at.start_qemu();
  at.call([](QmpClient& it) { it.retry(); });
  at.wait_for(State::ready);
  at.call([](QmpClient& it) { it.retry(); });
  CHECK(at.world.turns_left_alone() < World::kCalm);
  at.qemu->poll();
  CHECK(at.qemu->connections == 1);
  CHECK(!at.qemu->client.ended());
}
