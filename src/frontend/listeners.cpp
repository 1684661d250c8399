// SPDX-License-Identifier: Apache-2.0
#include "frontend/listeners.hpp"

#include <algorithm>

#include "charmux/base/text.hpp"

namespace charmux::frontend {
namespace {

std::string serves(const config::Listen& listen) { return listen.console.empty() ? "menu" : listen.console; }

/// 0: it is a UNIX socket.
std::uint16_t port_of(const config::Listen& listen) {
  const auto* const host = std::get_if<address::HostPort>(&listen.place);
  return host == nullptr ? std::uint16_t{0} : host->port;
}

}  // namespace

Listeners::Listeners(loop::Loop& loop, Log& log, console::Directory& consoles, Sessions& sessions, Gate& gate)
    : loop_(loop), log_(log), consoles_(consoles), sessions_(sessions), gate_(gate) {}

tl::expected<std::vector<net::Endpoint>, Listeners::Refusal> Listeners::places_of(const config::Listen& listen,
                                                                                  const config::Config& config) {
  Result<std::vector<net::Endpoint>> at = net::resolve(listen.place);
  if (!at)
    return tl::unexpected(Refusal{{fmt::format("cannot listen on {}: {}; correct it or use an address",
                                               config::door_text(listen), at.error().text)}});
  for (const net::Endpoint& each : *at)
    if (const auto open = each.is_local() ? std::nullopt : config::exposure(listen, config, each.text()))
      return tl::unexpected(Refusal{*open, true});
  return std::move(*at);
}

tl::expected<void, Listeners::Refusal> Listeners::open(const config::Listen& listen, const config::Config& config) {
  const auto at = places_of(listen, config);
  if (!at) return tl::unexpected(at.error());
  if (const Status opened = open(Entrance::Terms{listen, config::naming(listen, config)}, *at); !opened)
    return tl::unexpected(Refusal{opened.error()});
  return {};
}

Status Listeners::open(const Entrance::Terms& terms, const std::vector<net::Endpoint>& endpoints) {
  if (terms.listen.ports) {
    rows_.push_back(row_of(terms, endpoints));
    return {};
  }
  Result<Fixed> fixed = opened(terms, endpoints);
  if (!fixed) return tl::unexpected(fixed.error());
  fixed_.push_back(std::move(*fixed));
  return {};
}

Result<Listeners::Fixed> Listeners::opened(const Entrance::Terms& terms, const std::vector<net::Endpoint>& endpoints) {
  const auto shared = std::make_shared<Entrance::Terms>(terms);
  const config::Listen& listen = shared->listen;
  const auto entrance =
      std::make_shared<Entrance>(shared, config::door_text(listen), gate_, consoles_, Entrance::Target(), sessions_);
  Result<Door> door = Door::open(loop_, endpoints, entrance);
  if (!door) return tl::unexpected(door.error());
  log_.info("listening: {} for {}{}", entrance->text(), listen.console.empty() ? "the " : "console ", serves(listen));
  return Fixed{shared, endpoints, std::move(*door)};
}

Listeners::Row Listeners::row_of(const Entrance::Terms& terms, const std::vector<net::Endpoint>& endpoints) {
  log_.info("listening: {}: a port for each console", config::door_text(terms.listen));
  return std::make_unique<PortRow>(loop_, log_, std::make_shared<Entrance::Terms>(terms), endpoints, gate_, consoles_,
                                   sessions_);
}

void Listeners::close() {
  fixed_.clear();
  rows_.clear();
}

void Listeners::offer(console::Console& console) {
  if (std::find(offered_.begin(), offered_.end(), &console) == offered_.end()) offered_.push_back(&console);
  for (const auto& row : rows_) row->offer(console);
}

void Listeners::withdraw(const console::Console& console) {
  std::erase(offered_, &console);
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
    if (port_of(fixed.listen()) != 0 && fixed.listen().console == console.name())
      ports.open.push_back(port_of(fixed.listen()));
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
  for (const Fixed& fixed : fixed_) list.push_back({fixed.door.text(), serves(fixed.listen())});
  for (const auto& row : rows_) {
    const config::PortRange& ports = *row->listen().ports;
    list.push_back({config::door_text(row->listen()), fmt::format("ports {}-{}", ports.low, ports.high)});
  }
  return list;
}

}  // namespace charmux::frontend
