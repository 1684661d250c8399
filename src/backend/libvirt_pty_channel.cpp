// SPDX-License-Identifier: Apache-2.0
#include "backend/libvirt_pty_channel.hpp"

#include <utility>

namespace charmux::backend {

LibvirtPtyChannel::LibvirtPtyChannel(loop::Loop& loop, OpenPty pty, ConsoleLocks& locks, const std::string& lock,
                                     std::optional<UucpLock> held)
    : PtyChannel(loop, std::move(pty)),
      held_(std::move(held)),
      end_waits_(loop, [this] { told_->channel_ready(loop::kReadable); }) {
  if (!held_) watch_ = locks.watch(lock, [this, lock] { lock_changed(lock); });
}

Status LibvirtPtyChannel::start(Channel::Owner& owner) {
  told_ = &owner;
  return PtyChannel::start(*this);
}

void LibvirtPtyChannel::want(unsigned interest) {
  if (yielded_)
    end_waits_.waits((interest & loop::kReadable) != 0);
  else
    PtyChannel::want(interest);
}

net::Io LibvirtPtyChannel::read(BytesSpan room) {
  if (yielded_) return {net::Io::Kind::end};
  const net::Io io = PtyChannel::read(room);
  if (io.kind == net::Io::Kind::end || io.kind == net::Io::Kind::error) held_.reset();
  return io;
}

std::string LibvirtPtyChannel::why_ended(const net::Io& io) const {
  return yielded_ ? std::string(kInUseByLibvirt) : PtyChannel::why_ended(io);
}

void LibvirtPtyChannel::channel_ready(unsigned ready) {
  // Its other side was closed, whether or not it is read now.
  if ((ready & loop::kFailed) != 0) held_.reset();
  told_->channel_ready(ready);
}

void LibvirtPtyChannel::lock_changed(const std::string& lock) {
  if (yielded_ || !ConsoleLocks::holder(lock)) return;
  close();
  yielded_ = true;
  end_waits_.waits(true);
}

}  // namespace charmux::backend
