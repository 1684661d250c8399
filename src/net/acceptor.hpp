// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "charmux/base/log.hpp"
#include "loop/poll.hpp"
#include "net/server_socket.hpp"

namespace charmux::net {

/// Takes connections from one listening socket and hands each to its owner. When the process is out of descriptors it
/// still takes and refuses them, on a descriptor kept aside for that, so that accept(2) never spins on a full table.
class Acceptor {
 public:
  /// `arrived` gets a connected, non-blocking, close-on-exec socket. `refused` gets one that must be answered and
  /// closed before it returns.
  struct Handlers {
    std::function<void(UniqueFd)> arrived;
    std::function<void(UniqueFd)> refused;
  };
  [[nodiscard]] static Result<Acceptor> start(loop::Loop& loop, ServerSocket socket, Handlers handlers);
  Acceptor(Acceptor&&) noexcept;
  Acceptor& operator=(Acceptor&&) = delete;
  ~Acceptor();

 private:
  struct State;
  explicit Acceptor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace charmux::net
