// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/qmp_client.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "kit/privileges.hpp"
#include "kit/scripted_qmp.hpp"
#include "kit/thin_send.hpp"
#include "kit/world.hpp"

using namespace charmux;
using namespace charmux::test;
using namespace std::chrono_literals;
using hypervisor::QmpClient;
using State = QmpClient::State;

namespace {

/// Patience that costs a test no time; `greeting` and `answer` are for the tests of what happens without them.
QmpClient::Settings impatient() { return {20s, 2ms, 20ms, 20s}; }

/// A client of a monitor's socket, where the test puts QEMU, or nobody.
class AtMonitor : public QmpClient::Sink {
 public:
  explicit AtMonitor(QmpClient::Settings settings = impatient())
      : client(std::make_unique<QmpClient>(world.loop, settings, path, *this)) {}

  void qmp_is(State state, const std::string& reason) override {
    CHECK(!inside);
    states.emplace_back(state, reason);
    if (on_state) on_state(state);
  }
  void qmp_event(const protocol::QmpEvent& event) override {
    CHECK(!inside);
    told.push_back("event " + event.name);
    if (on_event) on_event();
  }
  /// Calls a member of the client, out of which nothing may be called back.
  template <class Call>
  void call(const Call& member) {
    inside = true;
    member(*client);
    inside = false;
  }
  void start() {
    call([](QmpClient& it) { it.start(); });
  }
  /// Asks, and keeps in `told` what comes of it.
  void ask(const std::string& command, const std::string& arguments = {}) {
    call([&](QmpClient& it) {
      it.ask(command, arguments, [this, command](const Result<std::string>& result) {
        CHECK(!inside);
        told.push_back(command + (result ? ": " + *result : " failed: " + result.error().text));
        if (on_answer) on_answer();
      });
    });
  }
  template <class Predicate>
  void run_until(const char* what, Predicate holds) {
    world.run_until(what, [&] {
      if (qemu) qemu->poll();
      return holds();
    });
  }
  /// Until it has become that since the last that was waited for; why it is.
  std::string wait_for(State state) {
    run_until("the monitor's state", [&] {
      while (next_ < states.size())
        if (states[next_++].first == state) return true;
      return false;
    });
    return states[next_ - 1].second;
  }
  void start_qemu(int backlog = 16) { qemu.emplace(path, backlog); }
  /// QEMU is there, and the client is ready.
  void be_ready() {
    start_qemu();
    start();
    wait_for(State::ready);
  }
  ScriptedQmp::Command command() {
    run_until("a command has come", [&] { return !qemu->asked.empty(); });
    return qemu->take();
  }
  void wait_told(std::size_t many) {
    run_until("all is told", [&] { return told.size() >= many; });
  }

  World world;
  const std::string path = world.directory / "qmp.sock";
  std::optional<ScriptedQmp> qemu;
  std::unique_ptr<QmpClient> client;
  std::vector<std::pair<State, std::string>> states;
  std::vector<std::string> told;
  bool inside = false;
  std::function<void(State)> on_state;
  std::function<void()> on_event;
  std::function<void()> on_answer;

 private:
  std::size_t next_ = 0;
};

using Told = std::vector<std::string>;

}  // namespace

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

TEST_CASE("a QEMU that stopped answering is absent, and connected to again") {
  auto settings = impatient();
  settings.answer = 30ms;
  AtMonitor at(settings);
  at.be_ready();
  at.ask("query-name");
  CHECK(at.wait_for(State::absent) == "QEMU does not answer");
  at.wait_told(1);
  CHECK(at.told.back() ==
        "query-name failed: QEMU at " + at.path + " has not answered query-name: QEMU does not answer");
  at.wait_for(State::ready);
}

TEST_CASE("a monitor that was never asked is not missed") {
  auto settings = impatient();
  settings.answer = settings.greeting = 20ms;
  AtMonitor at(settings);
  at.be_ready();
  CHECK(at.world.turns_left_alone() < World::kCalm);
  CHECK(at.states.size() == 1);
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

TEST_CASE("a QEMU that reads no more does not make the loop spin") {
  AtMonitor at;
  at.be_ready();
  ::shutdown(at.qemu->client.fd(), SHUT_RD);
  at.ask("query-name", R"({"x":")" + std::string(1000000, 'x') + R"("})");
  CHECK(at.world.turns_left_alone() < World::kCalm);
}

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

TEST_CASE("a path that the kernel does not take is refused") {
  AtMonitor at;
  QmpClient client(at.world.loop, impatient(), "/tmp/" + std::string(200, 'x'), at);
  client.start();
  CHECK(at.wait_for(State::refused).find("too long for a UNIX socket: 107 bytes at most") != std::string::npos);
}
