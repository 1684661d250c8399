// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "kit/at_monitor.hpp"
#include "kit/privileges.hpp"

using namespace charmux;
using namespace charmux::test;
using namespace std::chrono_literals;

TEST_CASE("a monitor that serves another client is busy, is left, and is tried again") {
  auto settings = impatient();
  settings.greeting = 20ms;
  AtMonitor at(settings);
  at.start_qemu();
  at.qemu->greets = false;
  at.start();
  CHECK(at.wait_for(State::busy) == "monitor busy");
  CHECK(at.client->peer() == 0);
  at.run_until("it connects again", [&] { return at.qemu->connections >= 3; });
  CHECK(at.states.size() == 1);
  at.qemu->greets = true;
  CHECK(at.wait_for(State::ready).empty());
}

TEST_CASE("a monitor whose backlog is full is busy") {
  AtMonitor at;
  at.start_qemu(0);
  const Connection served = connect_to(At::path(at.path));
  at.start();
  at.world.run_until("it is busy", [&] { return !at.states.empty(); });
  CHECK(at.states.front() == std::pair<State, std::string>(State::busy, "monitor busy"));
}

TEST_CASE("something that is no QMP is refused with what it says") {
  AtMonitor at;
  at.start_qemu();
  at.qemu->greets = false;
  at.start();
  at.run_until("it connects", [&] { return at.qemu->connections == 1; });
  at.qemu->say("SSH-2.0-OpenSSH\r\n");
  CHECK(at.wait_for(State::refused) == "this is not QMP: it sends 'SSH-2.0-OpenSSH'");
  at.run_until("it is tried again", [&] { return at.qemu->connections == 2; });
}

TEST_CASE("a QEMU that does not negotiate is refused with its reason") {
  AtMonitor at;
  at.start_qemu();
  at.qemu->negotiates = false;
  at.start();
  at.qemu->refuse(at.command(), "no");
  CHECK(at.wait_for(State::refused) == "QEMU refuses qmp_capabilities: no");
}

TEST_CASE("answers to what was not asked are not QEMU's") {
  AtMonitor at;
  at.be_ready();
  SUBCASE("at all") { at.qemu->say("{\"return\": {}, \"id\": 77}\r\n"); }
  SUBCASE("yet") {
    at.ask("query-name");
    at.ask("query-uuid");
    at.command();
    at.qemu->answer(at.command(), "{}");
  }
  SUBCASE("with an id") {
    at.ask("query-name");
    at.qemu->say("{\"return\": {}}\r\n");
  }
  CHECK(at.wait_for(State::refused) == "this is not QEMU: it answers what it was not asked");
  at.wait_for(State::ready);
}

TEST_CASE("a greeting in the middle is not QEMU's") {
  AtMonitor at;
  at.be_ready();
  at.qemu->say(ScriptedQmp::kGreeting);
  CHECK(at.wait_for(State::refused) == "this is not QEMU: it greets twice");
}

TEST_CASE("without the permission it is refused, and said what to do") {
  AtMonitor at;
  at.start_qemu();
  ::chmod(at.path.c_str(), 0);
  {
    const WithoutPrivileges nobody;
    at.start();
    CHECK(at.wait_for(State::refused) == "Permission denied; run charmuxd as root or as the owner of the socket");
  }
  ::chmod(at.path.c_str(), 0600);
  at.wait_for(State::ready);
}

TEST_CASE("a path that the kernel does not take is refused") {
  AtMonitor at;
  QmpClient client(at.world.loop, impatient(), "/tmp/" + std::string(200, 'x'), at);
  client.start();
  CHECK(at.wait_for(State::refused).find("too long for a UNIX socket: 107 bytes at most") != std::string::npos);
}
