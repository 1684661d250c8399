// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "frontend/connection.hpp"
#include "frontend/crowd.hpp"
#include "loop/timer.hpp"

namespace charmux::frontend {

/// A client's connection while TLS shakes hands: then its socket is given away. One that cannot, or takes too long,
/// ends, with the reason in the log.
class Shaking final : public Connection {
 public:
  /// Gets the socket, by which TLS is spoken now, and the ticket.
  using Shaken = std::function<void(net::Stream stream, Crowd::Ticket stranger)>;
  using Failed = std::function<void(const std::string& why)>;

  /// `who`: the client, for people. `stranger`: held until hands are shaken.
  Shaking(const Context& context, net::Stream stream, std::string who, Crowd::Ticket stranger,
          std::chrono::milliseconds patience, Shaken shaken, Failed failed);

 private:
  [[nodiscard]] bool prepare() override;
  void received(BytesView) override {}
  [[nodiscard]] std::size_t read_room() const override { return 1; }
  [[nodiscard]] bool half_closes() const override { return false; }
  void stopping() override { end("charmuxd is stopping"); }
  [[nodiscard]] std::string subject() const override { return who_; }
  void fail(const std::string& why);

  const std::string who_;
  Crowd::Ticket stranger_;
  const Shaken shaken_;
  const Failed failed_;
  loop::Timer timer_;
};

}  // namespace charmux::frontend
