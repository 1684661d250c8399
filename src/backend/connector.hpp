// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "backend/backend.hpp"
#include "charmux/address/place.hpp"
#include "charmux/base/unique_fd.hpp"
#include "loop/poll.hpp"
#include "loop/timer.hpp"
#include "loop/work.hpp"
#include "net/endpoint.hpp"

namespace charmux::backend {

/// Connects a stream socket, UNIX or TCP; a name is looked up off the loop, and its addresses are tried in turn. Owned
/// by an Opener, for the loop's thread.
///
/// A QEMU chardev that listens (`server=on`) serves one client: the next one's connection succeeds in the kernel's
/// backlog and hears nothing (so a console is not known to be live before its first byte); on UNIX a third gets EAGAIN,
/// on TCP it is never answered. Both mean "held by another client".
class Connector {
 public:
  /// Each outcome of connect(), which may come at once or later.
  struct Outcome {
    std::function<void(UniqueFd)> connected;
    std::function<void(State, const std::string&)> failed;
  };
  /// `text` is the address, for people. A connection that is not made within `timeout` counts as held by another.
  Connector(loop::Loop& loop, std::chrono::milliseconds timeout, address::Place at, std::string text, Outcome outcome);

  void connect();
  /// Forgets what connect() started.
  void abandon();

 private:
  void look_up(const address::HostPort& host);
  /// Connects to the next address of a name, in the resolver's order (QEMU listens on one of them). False: no more.
  bool try_next();
  void connect_to(const net::Endpoint& at);
  void connection_ready();
  void held();
  void cannot_connect(int error_number);

  loop::Loop& loop_;
  const std::chrono::milliseconds timeout_;
  const address::Place at_;
  const std::string text_;
  const Outcome outcome_;
  loop::Work lookup_;
  std::vector<net::Endpoint> untried_;
  UniqueFd connecting_;
  loop::Poll poll_;
  loop::Timer patience_;
};

}  // namespace charmux::backend
