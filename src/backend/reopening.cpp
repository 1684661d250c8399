// SPDX-License-Identifier: Apache-2.0
#include "backend/reopening.hpp"

#include <unistd.h>

#include <utility>

namespace charmux::backend {
namespace {

using namespace std::chrono_literals;

/// How long what was written may take to leave when the daemon stops, and how often that is looked at.
constexpr auto kDrain = 1s;
constexpr auto kDrainLook = 10ms;

}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::connecting: return "connecting";
    case State::open: return "open";
    case State::closed: return "closed";
    case State::waiting: return "waiting";
    case State::refused: return "refused";
  }
  return "?";
}

Reopening::Reopening(loop::Loop& loop, Patience patience)
    : loop_(loop),
      patience_(patience),
      backoff_(patience.reopen_first, patience.reopen_most),
      random_(std::random_device{}()),
      again_(loop, [this] { stopping_ ? finish_stop() : try_now(); }) {}

void Reopening::start(Sink& sink) {
  sink_ = &sink;
  again_.start(0ms);
}

void Reopening::try_now() { begin(); }

void Reopening::opened(UniqueFd fd, std::size_t leftover) {
  Result<loop::Poll> poll = loop::Poll::watch(loop_, fd.get(), [this](unsigned events) { ready(events); });
  if (!poll) return failed(State::refused, poll.error().text);
  fd_ = std::move(fd);
  poll_ = std::move(*poll);
  leftover_ = leftover;
  write_blocked_ = false;
  become(State::open, {});
  watch();
}

void Reopening::failed(State state, const std::string& reason) {
  again_.start(backoff_.next(static_cast<std::uint32_t>(random_())));
  become(state, reason);
}

void Reopening::become(State state, const std::string& reason) {
  if (state == state_ && reason == reason_) return;
  state_ = state;
  reason_ = reason;
  sink_->backend_is(state, reason);
}

void Reopening::watch() { poll_.want(loop::kReadable | (write_blocked_ ? unsigned{loop::kWritable} : 0U)); }

void Reopening::ready(unsigned events) {
  // A descriptor in error is read on until its end or error: a dying QEMU's last words are still there.
  if ((events & (loop::kReadable | loop::kFailed)) != 0) sink_->backend_readable();
  if (lost_) return lose();
  if ((events & loop::kWritable) != 0) {
    write_blocked_ = false;
    sink_->backend_writable();
  }
  watch();
}

net::Io Reopening::read(BytesSpan room) {
  if (!fd_) return {net::Io::Kind::again};
  const net::Io io = net::Io::from(::read(fd_.get(), room.data(), room.size()));
  if (io.kind == net::Io::Kind::moved) backoff_.reset();
  if (io.kind == net::Io::Kind::end || io.kind == net::Io::Kind::error) {
    lost_ = true;
    reason_ = why_ended(io);
  }
  return io;
}

net::Io Reopening::write(BytesView bytes) {
  if (state_ != State::open || stopping_) return {net::Io::Kind::again};
  net::Io io = net::Io::from(::write(fd_.get(), bytes.data(), bytes.size()));
  // An error shows in the next read too, and is dealt with there, after what can still be read.
  if (io.kind == net::Io::Kind::error || io.kind == net::Io::Kind::end) io = {net::Io::Kind::again};
  if (io.kind == net::Io::Kind::again || io.bytes < bytes.size()) {
    write_blocked_ = true;
    watch();
  }
  return io;
}

void Reopening::lose() {
  lost_ = false;
  const std::string reason = std::exchange(reason_, {});
  close_fd();
  failed(State::closed, reason);
}

void Reopening::close_fd() {
  poll_ = {};
  if (fd_) before_close(fd_.get());
  fd_.reset();
}

void Reopening::stop() {
  stopping_ = true;
  abandon();
  again_.stop();
  poll_.want(0);
  stop_deadline_ = loop_.now() + kDrain;
  finish_stop();
}

void Reopening::finish_stop() {
  if (fd_ && !drained(fd_.get()) && loop_.now() < stop_deadline_) return again_.start(kDrainLook);
  close_fd();
  stopped_ = true;
}

}  // namespace charmux::backend
