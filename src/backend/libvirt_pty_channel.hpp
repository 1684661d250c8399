// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "backend/console_locks.hpp"
#include "backend/pty_channel.hpp"
#include "backend/unpolled.hpp"
#include "backend/uucp_lock.hpp"

namespace charmux::backend {

/// The pty of a libvirt guest that is open. When libvirt locks it for a session of its own it is closed at once, before
/// anything else: what was not read by then is the session's. Or it holds that lock itself, and lets it go before
/// anybody hears of its end: a pty's number is another guest's at once.
class LibvirtPtyChannel final : public PtyChannel, private Channel::Owner {
 public:
  /// `held`: the lock at `lock`, if it is ours. The locks outlive it.
  LibvirtPtyChannel(loop::Loop& loop, OpenPty pty, ConsoleLocks& locks, const std::string& lock,
                    std::optional<UucpLock> held);

  [[nodiscard]] Status start(Channel::Owner& owner) override;
  void want(unsigned interest) override;
  [[nodiscard]] net::Io read(BytesSpan room) override;
  [[nodiscard]] std::string why_ended(const net::Io& io) const override;
  /// None when it has yielded: then it is closed, though that is still to be told.
  [[nodiscard]] std::optional<PtyDevice> pty() const override { return yielded_ ? std::nullopt : PtyChannel::pty(); }
  [[nodiscard]] State ended() const override { return yielded_ ? State::waiting : State::closed; }

 private:
  void channel_ready(unsigned ready) override;
  void lock_changed(const std::string& lock);

  std::optional<UucpLock> held_;  ///< goes before the descriptor does.
  ConsoleLocks::Watch watch_;     ///< when it is not held.
  Channel::Owner* told_ = nullptr;
  bool yielded_ = false;
  Unpolled end_waits_;  ///< no descriptor tells that it has yielded.
};

}  // namespace charmux::backend
