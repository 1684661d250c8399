// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "frontend/connection.hpp"
#include "frontend/crowd.hpp"
#include "loop/timer.hpp"

namespace charmux::frontend {

/// A proxy's connection, until its PROXY header has said whose it is: then its socket is given away, and what follows
/// is the client's. Before that nothing is sent. One without a header, or with a wrong one, ends, with the reason in
/// the log.
class Proxied final : public Connection {
 public:
  /// Gets the socket, who is at its other end, and the ticket.
  using Known = std::function<void(net::Stream stream, std::string from, Crowd::Ticket stranger)>;

  /// `door` is what the proxy has connected to, for people. `stranger`: held until it is known.
  Proxied(const Context& context, net::Stream stream, std::string door, Crowd::Ticket stranger,
          std::chrono::milliseconds patience, Known known);

 private:
  void received(BytesView bytes) override;
  [[nodiscard]] std::size_t read_room() const override;
  [[nodiscard]] bool half_closes() const override { return true; }
  void half_closed() override { end("it hung up before its PROXY header was whole"); }
  void stopping() override { end("charmuxd is stopping"); }
  [[nodiscard]] std::string subject() const override { return door_ + ": " + proxy_; }

  const std::string door_;
  const std::string proxy_;
  Crowd::Ticket stranger_;
  const Known known_;
  Bytes received_;
  loop::Timer timer_;
};

}  // namespace charmux::frontend
