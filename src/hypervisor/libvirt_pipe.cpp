// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_pipe.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace charmux::hypervisor {

LibvirtPipe::LibvirtPipe(LibvirtEventLoop& events, loop::Mailbox::Sender mailbox, Listener& listener)
    : events_(events), mailbox_(std::move(mailbox)), listener_(&listener) {}

net::Io LibvirtPipe::read(BytesSpan room) {
  const std::lock_guard lock(mutex_);
  const std::size_t bytes = std::min(room.size(), unread_.size() - read_);
  if (bytes == 0) return {ended_ ? net::Io::Kind::end : net::Io::Kind::again};
  std::copy_n(unread_.begin() + static_cast<std::ptrdiff_t>(read_), bytes, room.begin());
  read_ += bytes;
  const std::size_t left = unread_.size() - read_;
  // What is read is given up at once only when that moves little.
  if (left <= read_) {
    unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(read_));
    read_ = 0;
  }
  if (left < LibvirtStream::kMostUnread / 2 && std::exchange(held_, false)) events_.hold(thread_, false);
  return {net::Io::Kind::moved, bytes};
}

net::Io LibvirtPipe::write(BytesView bytes) {
  const std::lock_guard lock(mutex_);
  if (ended_) return {net::Io::Kind::error, 0, EPIPE};
  const std::size_t room = LibvirtStream::kMostUnsent - std::min(LibvirtStream::kMostUnsent, unsent_.size() + sending_);
  const std::size_t taken = open_ ? std::min(bytes.size(), room) : 0;
  if (taken == 0) return {net::Io::Kind::again};
  unsent_.insert(unsent_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
  to_do_.notify_all();
  return {net::Io::Kind::moved, taken};
}

bool LibvirtPipe::is_readable() const {
  const std::lock_guard lock(mutex_);
  return ended_ || read_ < unread_.size();
}

bool LibvirtPipe::is_writable() const {
  const std::lock_guard lock(mutex_);
  return ended_ || (open_ && unsent_.size() + sending_ < LibvirtStream::kMostUnsent);
}

std::string LibvirtPipe::why_ended() const {
  const std::lock_guard lock(mutex_);
  return why_;
}

void LibvirtPipe::leave() {
  const std::lock_guard lock(mutex_);
  left_ = true;
  to_do_.notify_all();
}

void LibvirtPipe::begin() {
  const std::lock_guard lock(mutex_);
  thread_ = std::this_thread::get_id();
}

void LibvirtPipe::is_open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  mailbox_.post([listener = listener_] { listener->opened(); });
}

void LibvirtPipe::fail(LibvirtStream::Failure failure, const std::string& reason) {
  mailbox_.post([listener = listener_, failure, reason] { listener->failed(failure, reason); });
}

void LibvirtPipe::put(BytesView bytes) {
  const std::lock_guard lock(mutex_);
  const bool was_readable = read_ < unread_.size();
  unread_.insert(unread_.end(), bytes.begin(), bytes.end());
  if (unread_.size() - read_ >= LibvirtStream::kMostUnread && !std::exchange(held_, true)) events_.hold(thread_, true);
  // Whoever wants it and has not read all is told again by himself.
  if (!was_readable) tell_changed();
}

void LibvirtPipe::end(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(ended_, true)) return;
  why_ = why;
  to_do_.notify_all();
  tell_changed();
}

bool LibvirtPipe::has_ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

void LibvirtPipe::lose(const std::string& why) {
  const std::lock_guard lock(mutex_);
  why_lost_ = why;
  to_do_.notify_all();
}

std::optional<std::string> LibvirtPipe::why_lost() const {
  const std::lock_guard lock(mutex_);
  return why_lost_;
}

Bytes LibvirtPipe::take_unsent() {
  std::unique_lock lock(mutex_);
  to_do_.wait(lock, [this] { return left_ || ended_ || why_lost_ || !unsent_.empty(); });
  if (left_ || ended_ || why_lost_) return {};
  sending_ = unsent_.size();
  return std::exchange(unsent_, {});
}

void LibvirtPipe::is_sent(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const bool was_full = unsent_.size() + sending_ >= LibvirtStream::kMostUnsent;
  sending_ -= bytes;
  if (was_full) tell_changed();
}

void LibvirtPipe::close() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(held_, false)) events_.hold(thread_, false);
}

void LibvirtPipe::tell_changed() {
  if (left_ || std::exchange(changed_told_, true)) return;
  mailbox_.post([this] {
    {
      const std::lock_guard lock(mutex_);
      changed_told_ = false;
    }
    listener_->changed();
  });
}

}  // namespace charmux::hypervisor
