// SPDX-License-Identifier: Apache-2.0
#include "daemon/api_desk.hpp"

#include <unistd.h>

#include <algorithm>

#include "charmux/base/version.hpp"

namespace charmux::daemon {
namespace {

using frontend::ConsoleFacts;

ConsoleFacts facts_of(const Unoffered& unoffered) {
  ConsoleFacts facts;
  facts.name = unoffered.name;
  facts.backend = unoffered.backend;
  facts.state = unoffered.state;
  facts.reason = unoffered.reason;
  return facts;
}

/// One who asks the API, which only control.sock has.
console::ViewerOrigin at_the_desk(const std::string& user) { return {"the API", "control.sock", user}; }

/// For people: what is wrong with the console, and what is with its port.
std::string both(std::string one, const std::string& other) {
  if (!one.empty() && !other.empty()) one += "; ";
  return one + other;
}

}  // namespace

ConsoleFacts ApiDesk::facts_of(console::Console& console) const {
  const console::Viewer* const writer = console.writer();
  const console::Console::Traffic& traffic = console.traffic();
  frontend::Listeners::Ports ports = listeners_.ports_of(console);
  ConsoleFacts facts;
  facts.name = console.name();
  facts.number = console.number();
  facts.ports = std::move(ports.open);
  facts.backend = console.backend_text();
  facts.state = console.state_text();
  facts.reason = both(both(console.reason(), ports.trouble), both(console.history_trouble(), console.remark()));
  facts.viewers = console.viewers().size();
  if (writer != nullptr) facts.writer = writer->who();
  facts.bytes_out = traffic.from_guest;
  facts.bytes_in = traffic.to_guest;
  facts.skipped = traffic.skipped;
  facts.offset = console.offset();
  facts.last_output = console.last_output();
  return facts;
}

std::vector<ConsoleFacts> ApiDesk::consoles() {
  std::vector<ConsoleFacts> all;
  for (const auto& each : consoles_.all()) all.push_back(facts_of(*each));
  for (const Unoffered& each : roster_.places().unoffered()) all.push_back(daemon::facts_of(each));
  return all;
}

std::optional<ConsoleFacts> ApiDesk::console(const std::string& name) {
  if (console::Console* const found = consoles_.find(name)) return facts_of(*found);
  for (const Unoffered& each : roster_.places().unoffered())
    if (each.name == name) return daemon::facts_of(each);
  return std::nullopt;
}

std::vector<frontend::ViewerFacts> ApiDesk::viewers(const std::string& name) {
  std::vector<frontend::ViewerFacts> all;
  const console::Console* const console = consoles_.find(name);
  if (console == nullptr) return all;
  for (const console::Viewer* each : console->viewers()) {
    const console::ViewerOrigin& origin = each->origin();
    all.push_back({origin.user, origin.from, origin.door, each->settings().may_type, each->since(), each->lag(),
                   each->skipped()});
  }
  return all;
}

frontend::DaemonFacts ApiDesk::daemon() {
  frontend::DaemonFacts facts;
  facts.version = version();
  facts.pid = ::getpid();
  facts.since = since_;
  facts.consoles = consoles_.all().size();
  for (const auto& each : consoles_.all()) facts.viewers += each->viewers().size();
  for (const auto& each : listeners_.all()) facts.listeners.push_back({each.address, each.serves});
  for (const auto& each : roster_.places().all()) facts.sources.push_back({each.address, each.state});
  return facts;
}

std::optional<frontend::History> ApiDesk::history(const std::string& name, std::optional<std::uint64_t> bytes,
                                                  std::optional<std::uint64_t> since) {
  console::Console* const console = consoles_.find(name);
  if (console == nullptr) return std::nullopt;
  const history::Ring& ring = console->ring();
  const std::uint64_t kept = ring.head() - ring.tail();
  std::uint64_t from = ring.head() - std::min({bytes.value_or(kept), kept, kMostHistory});
  if (since) from = std::clamp(*since, ring.tail(), ring.head());
  const std::uint64_t size = std::min(ring.head() - from, kMostHistory);
  return frontend::History{from, std::string(as_text(ring.view(from, size)))};
}

void ApiDesk::send_break(const std::string& name, const std::string& user, std::function<void(Status)> done) {
  console::Console* const console = consoles_.find(name);
  if (console == nullptr) return done(failure("no break: it is not offered"));
  console->send_break(at_the_desk(user), std::move(done));
}

Status ApiDesk::put_down(const std::string& name, const std::string& user) {
  console::Console* const console = consoles_.find(name);
  if (console == nullptr) return failure("it is not offered");
  console->put_down(at_the_desk(user));
  return {};
}

Status ApiDesk::reopen(const std::string& name, const std::string& user, bool force) {
  console::Console* const console = consoles_.find(name);
  if (console == nullptr) return failure("it is not offered");
  console->reopen(at_the_desk(user), force);
  return {};
}

Status ApiDesk::broadcast(const std::string& name, const std::string& user, const std::string& text) {
  console::Console* const console = consoles_.find(name);
  if (console == nullptr) return failure("it is not offered");
  console->broadcast(at_the_desk(user), text);
  return {};
}

}  // namespace charmux::daemon
