// SPDX-License-Identifier: Apache-2.0
#include "frontend/port_row.hpp"

#include <algorithm>
#include <cerrno>

namespace charmux::frontend {
namespace {

constexpr std::chrono::seconds kTryAgain{10};

std::string place_text(const config::Listen& listen, std::uint16_t port) {
  config::Listen one = listen;
  one.ports.reset();
  std::get<address::HostPort>(one.place).port = port;
  return config::door_text(one);
}

}  // namespace

PortRow::PortRow(loop::Loop& loop, Log& log, std::shared_ptr<Entrance::Terms> terms,
                 std::vector<net::Endpoint> endpoints, Gate& gate, console::Directory& consoles, Sessions& sessions)
    : loop_(loop),
      log_(log),
      terms_(std::move(terms)),
      endpoints_(std::move(endpoints)),
      gate_(gate),
      consoles_(consoles),
      sessions_(sessions),
      again_(loop, [this] { try_again(); }) {}

void PortRow::offer(console::Console& console) {
  const unsigned number = console.number();
  if (number == 0 || number > listen().ports->size()) return;
  const auto port = static_cast<std::uint16_t>(listen().ports->low + number - 1);
  const auto [at, is_new] = places_.try_emplace(number, Place{&console, port, std::nullopt, {}});
  Place& place = at->second;
  if (!is_new && place.console == &console) return;
  if (!is_new) place = {&console, port, std::nullopt, {}};
  open(place);
}

void PortRow::withdraw(const console::Console& console) {
  std::erase_if(places_, [&](const auto& entry) { return entry.second.console == &console; });
}

void PortRow::close() {
  places_.clear();
  again_.stop();
}

std::optional<PortRow::Port> PortRow::port_of(const console::Console& console) const {
  const auto at = places_.find(console.number());
  if (at == places_.end() || at->second.console != &console) return std::nullopt;
  return Port{at->second.port, at->second.trouble};
}

std::size_t PortRow::descriptors() const {
  std::size_t all = 0;
  for (const auto& [number, place] : places_)
    if (place.door) all += place.door->descriptors();
  return all;
}

void PortRow::open(Place& place) {
  std::vector<net::Endpoint> at;
  std::transform(endpoints_.begin(), endpoints_.end(), std::back_inserter(at),
                 [&](const net::Endpoint& endpoint) { return endpoint.with_port(place.port); });
  const auto entrance = std::make_shared<Entrance>(
      terms_, place_text(listen(), place.port), gate_, consoles_,
      // Who logs in at its port may be longer there than the console.
      [&consoles = consoles_, console = place.console] { return consoles.holds(console) ? console : nullptr; },
      sessions_);
  Result<Door> door = Door::open(loop_, at, entrance);
  if (door) {
    place.door.emplace(std::move(*door));
    place.trouble.clear();
    log_.info("listening: {} for console {}", entrance->text(), place.console->name());
    return;
  }
  if (place.trouble.empty())
    log_.warn("console {} has no port for now: {}; tried again every 10 s", place.console->name(), door.error().text);
  place.trouble = door.error().number == EADDRINUSE ? fmt::format("port {} in use", place.port) : door.error().text;
  if (!again_.running()) again_.start(kTryAgain);
}

void PortRow::try_again() {
  for (auto& [number, place] : places_)
    if (!place.door) open(place);
}

}  // namespace charmux::frontend
