// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hypervisor/qmp_client.hpp"
#include "kit/scripted_qmp.hpp"
#include "kit/world.hpp"

namespace charmux::test {

using hypervisor::QmpClient;
using State = QmpClient::State;
/// What came of all that was asked, and the events, in order.
using Told = std::vector<std::string>;

/// Patience that costs a test no time; `greeting` and `answer` are for the tests of what happens without them.
inline QmpClient::Settings impatient() {
  using namespace std::chrono_literals;
  return {20s, 2ms, 20ms, 20s};
}

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
  Told told;
  bool inside = false;
  std::function<void(State)> on_state;
  std::function<void()> on_event;
  std::function<void()> on_answer;

 private:
  std::size_t next_ = 0;
};

}  // namespace charmux::test
