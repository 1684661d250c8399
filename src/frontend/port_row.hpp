// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "charmux/base/log.hpp"
#include "frontend/door.hpp"
#include "loop/timer.hpp"

namespace charmux::frontend {

/// A listener with a port for each console: the console of number N is at the range's first port + N - 1. A port that
/// another process has is tried again every 10 s.
class PortRow {
 public:
  /// `endpoints` are the listener's addresses, their ports of no meaning.
  PortRow(loop::Loop& loop, Log& log, std::shared_ptr<Entrance::Terms> terms, std::vector<net::Endpoint> endpoints,
          Gate& gate, console::Directory& consoles, Sessions& sessions);

  /// Opens the console's port, if it has one and it is not open.
  void offer(console::Console& console);
  /// Closes it; those inside stay.
  void withdraw(const console::Console& console);
  /// Closes all of them; those inside stay.
  void close();

  struct Port {
    std::uint16_t number;
    std::string trouble;  ///< why it is not open; empty when it is.
  };
  /// None: the console's number has no place here, or it is not offered.
  [[nodiscard]] std::optional<Port> port_of(const console::Console& console) const;
  [[nodiscard]] Entrance::Terms& terms() { return *terms_; }
  [[nodiscard]] const config::Listen& listen() const { return terms_->listen; }
  [[nodiscard]] const std::vector<net::Endpoint>& endpoints() const { return endpoints_; }
  /// How many sockets listen for all of its ports that are open.
  [[nodiscard]] std::size_t descriptors() const;

 private:
  struct Place {
    console::Console* console;
    std::uint16_t port;
    std::optional<Door> door;
    std::string trouble;
  };
  void open(Place& place);
  void try_again();

  loop::Loop& loop_;
  Log& log_;
  const std::shared_ptr<Entrance::Terms> terms_;
  const std::vector<net::Endpoint> endpoints_;
  Gate& gate_;
  console::Directory& consoles_;
  Sessions& sessions_;
  std::map<unsigned, Place> places_;  ///< by the console's number
  loop::Timer again_;
};

}  // namespace charmux::frontend
