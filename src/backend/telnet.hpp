// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "backend/opener.hpp"
#include "backend/telnet_channel.hpp"

namespace charmux::backend {

/// A telnet chardev or terminal server, on whatever carries it (TCP, TLS). It is open once it has greeted; one that
/// says nothing for a moment may be QEMU's, in whose queue we stand, or a server that waits to be typed to, and is
/// open, too. Where RFC 2217 is wanted that moment is also for an answer about it.
class Telnet final : public Opener, private Opener::Owner, private Channel::Owner, private TelnetChannel::Maker {
 public:
  /// Makes what carries it, which tells its outcome to the owner that it is given.
  using MakeBelow = std::function<std::unique_ptr<Opener>(Opener::Owner&)>;
  /// `text` is the address, for people; `port`: RFC 2217 is wanted, and so is its port to be set.
  Telnet(loop::Loop& loop, const MakeBelow& make_below, std::string text, std::optional<address::RemotePort> port,
         Opener::Owner& owner, const TelnetPortTimes& times = {});

  void begin() override { below_->begin(); }
  void abandon() override;

 private:
  void opened(std::unique_ptr<Channel> channel, std::size_t leftover) override;
  void failed(State state, const std::string& reason) override { owner_.failed(state, reason); }
  void remarked(const std::string& remark) override { owner_.remarked(remark); }
  void channel_ready(unsigned ready) override;
  void channel_remarks(const std::string& remark) override { owner_.remarked(text_ + ": " + remark); }
  void hand_over();

  loop::Loop& loop_;
  const std::string text_;
  const std::optional<address::RemotePort> port_;
  const TelnetPortTimes times_;
  Opener::Owner& owner_;
  const std::unique_ptr<Opener> below_;
  std::unique_ptr<TelnetChannel> quiet_;  ///< it is connected, and has not greeted.
  loop::Timer patience_;
};

}  // namespace charmux::backend
