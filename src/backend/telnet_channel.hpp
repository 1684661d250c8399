// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/channel.hpp"
#include "backend/telnet_port.hpp"
#include "backend/unpolled.hpp"
#include "charmux/protocol/telnet_client.hpp"
#include "loop/timer.hpp"

namespace charmux::backend {

/// Telnet over another channel (TCP, TLS), which it owns; with RFC 2217, where that is wanted and agreed to.
class TelnetChannel final : public Channel, private Channel::Owner, private TelnetPort::Wire {
 public:
  /// Who made it, and lives longer.
  class Maker {
   public:
    virtual ~Maker() = default;
    virtual void channel_remarks(const std::string& remark) = 0;
  };
  /// `port`: RFC 2217 is wanted, and so is its port to be set.
  TelnetChannel(loop::Loop& loop, std::unique_ptr<Channel> below, const std::optional<address::RemotePort>& port,
                const TelnetPortTimes& times, Maker& maker);
  /// Whether it is known if the other side has RFC 2217, as far as that can be known by now. Reads what has come, which
  /// is kept.
  [[nodiscard]] bool knows_port();
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
  [[nodiscard]] PortControl* port() override;
  void send_break(std::function<void(Status)> answer) override;

 private:
  using ComPort = protocol::TelnetClient::ComPort;

  void channel_ready(unsigned ready) override;
  // TelnetPort::Wire
  void send(const protocol::ComPortMessage& message) override;
  void typing_changed() override { want(interest_); }
  void port_remarks(const std::string& remark) override { maker_.channel_remarks(remark); }

  [[nodiscard]] net::Io take_in(std::size_t room);
  void note_port();
  void tell_port();
  void tell_outcome();
  [[nodiscard]] std::size_t give(BytesSpan room);
  void flush();
  void settle();
  [[nodiscard]] bool may_send() const { return (heard_ || !greeted_) && !(port_ && port_->holds_typing()); }

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

  Maker& maker_;
  std::optional<TelnetPort> port_;  ///< RFC 2217 is wanted.
  ComPort told_ = ComPort::asked;   ///< how port_ knows it to stand.
  std::vector<protocol::ComPortMessage> messages_;
  Unpolled untold_;        ///< port_ is told from the loop: those whom it tells may do anything.
  loop::Timer no_answer_;  ///< the time for an answer about RFC 2217.
};

}  // namespace charmux::backend
