// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "frontend/api.hpp"
#include "frontend/api_house.hpp"

namespace charmux::test {

/// A daemon that the test is: what it is asked it answers from its members, what it is told it writes down.
class MockHouse final : public frontend::ApiHouse {
 public:
  std::vector<frontend::ConsoleFacts> all;
  std::vector<frontend::ViewerFacts> watching;
  frontend::DaemonFacts facts;
  std::optional<frontend::History> kept;
  console::Console* offered = nullptr;
  Status outcome;                                   ///< of whatever it is told to do
  bool answers_breaks = true;                       ///< at once; otherwise they wait in `breaks`
  std::vector<std::function<void(Status)>> breaks;  ///< what is to be called
  std::vector<std::string> told;                    ///< "down alpha by root"

  void add(std::string name, unsigned number = 0) {
    frontend::ConsoleFacts& console = all.emplace_back();
    console.name = std::move(name);
    console.number = number;
    console.state = "open";
  }

  std::vector<frontend::ConsoleFacts> consoles() override { return all; }
  std::optional<frontend::ConsoleFacts> console(const std::string& name) override {
    for (const auto& each : all)
      if (each.name == name) return each;
    return std::nullopt;
  }
  std::vector<frontend::ViewerFacts> viewers(const std::string&) override { return watching; }
  frontend::DaemonFacts daemon() override { return facts; }
  console::Console* find(const std::string&) override { return offered; }
  std::optional<frontend::History> history(const std::string& name, std::optional<std::uint64_t> bytes,
                                           std::optional<std::uint64_t> since) override {
    const auto shown = [](const auto& number) { return number ? std::to_string(*number) : "-"; };
    told.push_back("history " + name + " bytes " + shown(bytes) + " since " + shown(since));
    return kept;
  }
  void send_break(const std::string& name, const std::string& user, std::function<void(Status)> done) override {
    told.push_back("break " + name + " by " + user);
    if (answers_breaks) return done(outcome);
    breaks.push_back(std::move(done));
  }
  Status put_down(const std::string& name, const std::string& user) override { return note("down", name, user); }
  Status reopen(const std::string& name, const std::string& user, bool force) override {
    return note(force ? "reopen by force" : "reopen", name, user);
  }
  Status broadcast(const std::string& name, const std::string& user, const std::string& text) override {
    return note("say '" + text + "' to", name, user);
  }
  void reload(const std::string& user, std::function<void(Status)> done) override {
    told.push_back("reload by " + user);
    done(outcome);
  }

 private:
  Status note(const std::string& what, const std::string& name, const std::string& user) {
    told.push_back(what + " " + name + " by " + user);
    return outcome;
  }
};

inline frontend::ApiPeer owner(std::string name = "root") {
  return {0, {access::Person::Kind::owner, std::move(name), {}}};
}
inline frontend::ApiPeer local(std::string name, std::vector<std::string> groups = {}) {
  return {1000, {access::Person::Kind::local, std::move(name), std::move(groups)}};
}

/// An API whose house is the test.
struct Asking {
  frontend::ApiAnswer ask(const protocol::HttpRequest& request) {
    std::optional<frontend::ApiAnswer> got;
    api.answer(request, peer, [&](frontend::ApiAnswer answer) {
      REQUIRE(!got);
      got = std::move(answer);
    });
    REQUIRE(got);
    return *got;
  }
  protocol::HttpResponse answer(const std::string& method, const std::string& target, const std::string& body = "") {
    return std::get<protocol::HttpResponse>(ask({method, target, "", body, true}));
  }
  protocol::HttpResponse get(const std::string& target) { return answer("GET", target); }
  protocol::HttpResponse post(const std::string& target, const std::string& body = "") {
    return answer("POST", target, body);
  }
  frontend::ApiAnswer attach(const std::string& target, const std::string& upgrade) {
    return ask({"GET", target, upgrade, "", true});
  }

  MockHouse house;
  Log log{LogLevel::error};
  loop::Loop loop;
  frontend::Gate gate{loop, log, {[] { return std::size_t{1000}; }}};
  frontend::Api api{house, gate};
  frontend::ApiPeer peer = owner();  ///< who asks
};

}  // namespace charmux::test
