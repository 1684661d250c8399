// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "charmux/config/config.hpp"
#include "console/console.hpp"
#include "frontend/sessions.hpp"
#include "net/acceptor.hpp"
#include "net/endpoint.hpp"

namespace charmux::frontend {

/// One configured listener: where clients of one kind come in to one console. Turns them away while the daemon is full.
class Door {
 public:
  struct Limits {
    std::size_t viewers;  ///< the most clients of the daemon at once.
    std::chrono::milliseconds notice_wait;
  };
  Door(const config::Listen& listen, const Limits& limits, console::Console& console, Sessions& sessions);

  /// Opens it at all of `endpoints`. Error: one cannot be listened at, with the reason.
  [[nodiscard]] Status open(loop::Loop& loop, const std::vector<net::Endpoint>& endpoints);

 private:
  void arrived(UniqueFd client);
  void refuse(UniqueFd client) const;

  const config::DoorKind kind_;
  const console::ViewerSettings settings_;
  const std::size_t most_viewers_;
  console::Console& console_;
  Sessions& sessions_;
  std::vector<net::Acceptor> acceptors_;
};

/// Whether these endpoints may be opened without `insecure`: nobody on the network could reach them. Error: the
/// sentence that says which could be reached and what to do.
[[nodiscard]] Status check_exposure(const config::Listen& listen, const std::vector<net::Endpoint>& endpoints);

}  // namespace charmux::frontend
