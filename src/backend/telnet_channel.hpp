// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "backend/channel.hpp"
#include "backend/unpolled.hpp"
#include "charmux/protocol/telnet_client.hpp"
#include "loop/timer.hpp"

namespace charmux::backend {

/// Telnet over another channel (TCP, TLS), which it owns.
class TelnetChannel final : public Channel, private Channel::Owner {
 public:
  TelnetChannel(loop::Loop& loop, std::unique_ptr<Channel> below);
  /// The other side has said something, which waits to be read. Nothing is sent before that was, since how CR goes over
  /// the wire is agreed on in it.
  void has_greeted() { greeted_ = true; }

  /// May be called again, to give it to another owner.
  [[nodiscard]] Status start(Channel::Owner& owner) override;
  void want(unsigned interest) override;
  [[nodiscard]] net::Io read(BytesSpan room) override;
  [[nodiscard]] net::Io write(BytesView bytes) override;
  [[nodiscard]] bool part() override;
  [[nodiscard]] std::string why_ended(const net::Io& io) const override { return below_->why_ended(io); }
  [[nodiscard]] bool may_be_queued() const override { return !greeted_; }
  void send_break(std::function<void(Status)> answer) override;

 private:
  void channel_ready(unsigned ready) override;
  [[nodiscard]] std::size_t give(BytesSpan room);
  void flush();
  void settle();
  [[nodiscard]] bool may_send() const { return heard_ || !greeted_; }

  const std::unique_ptr<Channel> below_;
  Channel::Owner* owner_ = nullptr;
  bool greeted_ = false;
  bool heard_ = false;  ///< something was read.
  bool parting_ = false;
  unsigned interest_ = 0;  ///< the owner's.
  protocol::TelnetClient client_;
  Bytes wire_;  ///< what came, before it is decoded.
  Bytes data_;  ///< decoded, not given yet from `given_` on.
  std::size_t given_ = 0;
  Bytes out_;           ///< encoded, not taken yet by what is below.
  loop::Timer settle_;  ///< the time for an answer.
  Unpolled rest_;       ///< there is data_ though nothing may come.
};

}  // namespace charmux::backend
