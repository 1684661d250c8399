// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "frontend/entrance.hpp"
#include "net/acceptor.hpp"
#include "net/endpoint.hpp"

namespace charmux::frontend {

/// One listener that is open: the sockets of its place, and the entrance behind them. Move-only; the entrance lives as
/// long as a client that came in by it may need it, which is longer.
class Door {
 public:
  /// Opens it at all of `endpoints`. Error: one cannot be listened at, with the reason.
  [[nodiscard]] static Result<Door> open(loop::Loop& loop, const std::vector<net::Endpoint>& endpoints,
                                         const std::shared_ptr<Entrance>& entrance);

  /// Listens no more; those inside stay.
  void close() { acceptors_.clear(); }
  /// Listens at all of them; see open().
  [[nodiscard]] Status listen(loop::Loop& loop, const std::vector<net::Endpoint>& endpoints);

  [[nodiscard]] const std::string& text() const { return entrance_->text(); }
  /// How many sockets listen for it.
  [[nodiscard]] std::size_t descriptors() const { return acceptors_.size(); }

 private:
  explicit Door(std::shared_ptr<Entrance> entrance) : entrance_(std::move(entrance)) {}
  std::shared_ptr<Entrance> entrance_;
  std::vector<net::Acceptor> acceptors_;
};

}  // namespace charmux::frontend
