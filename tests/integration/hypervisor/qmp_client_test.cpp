// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/at_monitor.hpp"
#include "kit/thin_send.hpp"

using namespace charmux;
using namespace charmux::test;
using namespace std::chrono_literals;

TEST_CASE("a monitor that greets is negotiated with, and asked") {
  AtMonitor at;
  CHECK(at.client->state() == State::connecting);
  CHECK(at.client->peer() == 0);
  at.be_ready();
  CHECK(at.states == std::vector<std::pair<State, std::string>>{{State::ready, ""}});
  CHECK(at.client->state() == State::ready);
  CHECK(at.client->peer() == ::getpid());
  CHECK(at.client->path() == at.path);
  at.ask("qom-list", R"({"path":"/chardevs"})");
  const ScriptedQmp::Command command = at.command();
  CHECK(command.name == "qom-list");
  CHECK(command.arguments == R"({"path":"/chardevs"})");
  at.qemu->answer(command, R"([ {"name": "type"} ])");
  at.wait_told(1);
  CHECK(at.told == Told{R"(qom-list: [ {"name": "type"} ])"});
}

TEST_CASE("commands are sent without waiting, and events between their answers are heard in place") {
  AtMonitor at;
  at.be_ready();
  for (const char* name : {"query-name", "query-status", "query-chardev"}) at.ask(name);
  at.run_until("all have come", [&] { return at.qemu->asked.size() == 3; });
  at.qemu->tell("RESUME");
  at.qemu->answer(at.qemu->take(), "{}");
  at.qemu->refuse(at.qemu->take(), "not now");
  at.qemu->tell("STOP");
  at.qemu->answer(at.qemu->take(), "[]");
  at.wait_told(5);
  CHECK(at.told == Told{"event RESUME", "query-name: {}", "query-status failed: QEMU refuses query-status: not now",
                        "event STOP", "query-chardev: []"});
}

TEST_CASE("it is understood when each byte comes by itself, and what it says is") {
  AtMonitor at;
  at.start_qemu();
  at.qemu->greets = at.qemu->negotiates = false;
  const ThinSend bytewise(1);
  const auto say_bytewise = [&](std::string_view bytes) {
    for (const char& byte : bytes) {
      at.qemu->say({&byte, 1});
      at.world.turn();
    }
  };
  at.start();
  at.run_until("it connects", [&] { return at.qemu->connections == 1; });
  say_bytewise(ScriptedQmp::kGreeting);
  CHECK(at.command().name == "qmp_capabilities");
  say_bytewise(R"({"event": "RESET", "data": {"}": 1}})"
               "\r\n"
               R"({"return": {}, "id": 1})");
  at.wait_for(State::ready);
  at.ask("query-uuid");
  CHECK(at.command().name == "query-uuid");
  say_bytewise("{\"return\": \"\\\"}\", \"id\": 2}\r\n");
  at.wait_told(2);
  CHECK(at.told == Told{"event RESET", R"(query-uuid: "\"}")"});
}

TEST_CASE("a command that QEMU takes bit by bit, or not at all for a while, arrives whole") {
  AtMonitor at;
  at.be_ready();
  const std::string long_path = R"({"path":")" + std::string(1000000, 'x') + R"("})";
  {
    const ThinSend some(0);
    at.ask("qom-list", R"({"path":"/machine/unattached"})");
    CHECK(at.command().arguments == R"({"path":"/machine/unattached"})");
  }
  at.ask("qom-list", long_path);
  CHECK((at.command().arguments == long_path));
}

TEST_CASE("an error without an id answers the command that QEMU could not read") {
  AtMonitor at;
  at.be_ready();
  at.ask("query-name", "{");
  at.command();
  at.qemu->say("{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, expecting value\"}}\r\n");
  at.wait_told(1);
  CHECK(at.told == Told{"query-name failed: QEMU refuses query-name: JSON parse error, expecting value"});
  at.ask("query-uuid");
  at.qemu->answer(at.command(), "{}");
  at.wait_told(2);
  CHECK(at.told.back() == "query-uuid: {}");
}

TEST_CASE("a monitor that was never asked is not missed") {
  auto settings = impatient();
  settings.answer = settings.greeting = 20ms;
  AtMonitor at(settings);
  at.be_ready();
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(at.states.size() == 1);
}

TEST_CASE("a QEMU that reads no more does not make the loop spin") {
  AtMonitor at;
  at.be_ready();
  ::shutdown(at.qemu->client.fd(), SHUT_RD);
  at.ask("query-name", R"({"x":")" + std::string(1000000, 'x') + R"("})");
  CHECK(at.world.turns_left_alone() < World::kCalm);
}
