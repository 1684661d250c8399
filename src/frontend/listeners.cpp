// SPDX-License-Identifier: Apache-2.0
#include "frontend/listeners.hpp"

#include <algorithm>

#include "charmux/base/text.hpp"

namespace charmux::frontend {

Listeners::Listeners(loop::Loop& loop, Log& log, console::Directory& consoles, Sessions& sessions, Gate& gate)
    : loop_(loop), log_(log), consoles_(consoles), sessions_(sessions), gate_(gate) {}

tl::expected<void, Listeners::Refusal> Listeners::open(const config::Listen& listen, const config::Config& config) {
  const Result<std::vector<net::Endpoint>> at = net::resolve(listen.place);
  if (!at)
    return tl::unexpected(Refusal{{fmt::format("cannot listen on {}: {}; correct it or use an address",
                                               config::door_text(listen), at.error().text)}});
  for (const net::Endpoint& each : *at)
    if (const auto open = each.is_local() ? std::nullopt : config::exposure(listen, config, each.text()))
      return tl::unexpected(Refusal{*open, true});
  if (const Status opened = open(Entrance::Terms{listen, config::naming(listen, config)}, *at); !opened)
    return tl::unexpected(Refusal{opened.error()});
  return {};
}

Status Listeners::open(const Entrance::Terms& terms, const std::vector<net::Endpoint>& endpoints) {
  const config::Listen& listen = terms.listen;
  if (listen.ports) {
    rows_.push_back(std::make_unique<PortRow>(loop_, log_, terms, endpoints, gate_, consoles_, sessions_));
    log_.info("listening: {}: a port for each console", config::door_text(listen));
    return {};
  }
  Entrance::Target target;
  if (!listen.console.empty()) target = [&consoles = consoles_, name = listen.console] { return consoles.find(name); };
  const auto entrance =
      std::make_shared<Entrance>(terms, config::door_text(listen), gate_, consoles_, std::move(target), sessions_);
  Result<Door> door = Door::open(loop_, endpoints, entrance);
  if (!door) return tl::unexpected(door.error());
  const auto* const host = std::get_if<address::HostPort>(&listen.place);
  const std::string serves = listen.console.empty() ? "menu" : listen.console;
  fixed_.push_back({std::move(*door), serves, listen.console, host == nullptr ? std::uint16_t{0} : host->port});
  log_.info("listening: {} for {}{}", entrance->text(), listen.console.empty() ? "the " : "console ", serves);
  return {};
}

void Listeners::close() {
  fixed_.clear();
  rows_.clear();
}

void Listeners::offer(console::Console& console) {
  for (const auto& row : rows_) row->offer(console);
}

void Listeners::withdraw(const console::Console& console) {
  for (const auto& row : rows_) row->withdraw(console);
}

Listeners::Ports Listeners::ports_of(const console::Console& console) const {
  Ports ports;
  for (const auto& row : rows_) {
    const auto port = row->port_of(console);
    if (port && port->trouble.empty()) ports.open.push_back(port->number);
    if (port && !port->trouble.empty()) ports.trouble = port->trouble;
    if (!port && console.number() == 0) ports.trouble = "no port: every number is taken";
    if (!port && console.number() > row->listen().ports->size())
      ports.trouble =
          fmt::format("no port: {} holds {} consoles", config::door_text(row->listen()), row->listen().ports->size());
  }
  for (const Fixed& fixed : fixed_)
    if (fixed.port != 0 && fixed.console == console.name()) ports.open.push_back(fixed.port);
  return ports;
}

std::size_t Listeners::descriptors() const {
  std::size_t all = 0;
  for (const Fixed& fixed : fixed_) all += fixed.door.descriptors();
  for (const auto& row : rows_) all += row->descriptors();
  return all;
}

std::vector<Listeners::Listed> Listeners::all() const {
  std::vector<Listed> list;
  for (const Fixed& fixed : fixed_) list.push_back({fixed.door.text(), fixed.serves});
  for (const auto& row : rows_) {
    const config::PortRange& ports = *row->listen().ports;
    list.push_back({config::door_text(row->listen()), fmt::format("ports {}-{}", ports.low, ports.high)});
  }
  return list;
}

}  // namespace charmux::frontend
