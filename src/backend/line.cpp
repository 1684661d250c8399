// SPDX-License-Identifier: Apache-2.0
#include "backend/line.hpp"

#include <array>
#include <utility>

namespace charmux::backend {
namespace {

using namespace std::chrono_literals;

/// How long the other side may take to read what was written and close, and how often that is looked at.
constexpr auto kPart = 1s;
constexpr auto kPartLook = 10ms;
/// The most that is read in one such look, so that one who writes as fast as it is read does not hold the loop.
constexpr int kPartReads = 64;
/// A chardev that another client has may be free the next moment; asking costs its QEMU next to nothing.
constexpr std::chrono::milliseconds kHeldLook = 1s;
/// Whoever knows that a guest is off tells when it is not: a host may have hundreds of them.
constexpr std::chrono::milliseconds kOffLook = 1min;

/// The last thing that is done: one of them may destroy whose they were.
void tell_of_no_break(const std::list<std::function<void(Status)>>& whom) {
  for (const auto& each : whom) each(failure("no break: the console was closed before its break was over"));
}

}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::connecting: return "connecting";
    case State::open: return "open";
    case State::closed: return "closed";
    case State::off: return "shut off";
    case State::waiting: return "waiting";
    case State::refused: return "refused";
    case State::down: return "down";
    case State::gone: return "gone";
  }
  return "?";
}

Line::Line(loop::Loop& loop, Patience patience, std::unique_ptr<Locator> locator)
    : loop_(loop),
      patience_(patience),
      locator_(std::move(locator)),
      backoff_(patience.reopen_first, patience.reopen_most),
      random_(std::random_device{}()),
      timer_(loop, [this] { timer_fired(); }) {}

void Line::start(Sink& sink) {
  sink_ = &sink;
  timer_.start(0ms);
}

void Line::timer_fired() {
  if (phase_ == Phase::parting) return look_whether_parted();
  if (phase_ == Phase::trying) return try_now();
  if (phase_ == Phase::down) become(State::down, down_reason_);
}

// --- opening ---

void Line::try_now() {
  if (std::exchange(forces_, false)) locator_->force();
  const auto token = std::make_shared<char>();
  asking_ = token;
  timer_.start(patience_.locate_timeout);
  locator_->locate([this, asked = std::weak_ptr<const void>(token)](const Location& location) {
    // Whoever asked may be gone, or about something else by now.
    if (asked.expired()) return;
    asking_.reset();
    timer_.stop();
    located(location);
  });
}

void Line::located(const Location& location) {
  if (location.state != State::open) return failed(location.state, location.reason);
  ours_alone_ = location.ours_alone;
  if (location.opener) {
    opener_.reset();
    opener_at_.reset();
    opener_ = location.opener(*this);
  } else if (opener_at_ != location.at) {
    opener_ = make_opener(loop_, patience_.connect_timeout, *location.at, *this);
    opener_at_ = location.at;
  }
  opener_->begin();
}

void Line::opened(std::unique_ptr<Channel> channel, std::size_t leftover) {
  if (const Status started = channel->start(*this); !started) {
    channel.reset();
    return failed(State::refused, started.error().text);
  }
  // Those who connect to us do so when they like.
  asking_.reset();
  timer_.stop();
  channel_ = std::move(channel);
  phase_ = Phase::open;
  opened_at_ = loop_.now();
  leftover_ = leftover;
  may_be_queued_ = channel_->may_be_queued() && !ours_alone_;
  why_no_input_ = channel_->why_no_input();
  ended_as_.clear();
  write_blocked_ = false;
  become(State::open, {});
  watch();
}

void Line::failed(State state, const std::string& reason) {
  const auto pause = backoff_.next(static_cast<std::uint32_t>(random_()));
  const bool may_be_free = state == State::waiting && !(opener_ && opener_->is_costly());
  timer_.start(state == State::off ? kOffLook : may_be_free ? std::min(pause, kHeldLook) : pause);
  become(state, reason);
}

void Line::become(State state, const std::string& reason) {
  if (state == state_ && reason == reason_) return;
  state_ = state;
  reason_ = reason;
  sink_->backend_is(state, reason);
}

bool Line::waits_to_try() const { return phase_ == Phase::trying && !asking_ && timer_.running(); }

void Line::retry() {
  if (!waits_to_try()) return;
  backoff_.reset();
  timer_.start(0ms);
}

void Line::relocate() {
  if (waits_to_try()) return retry();
  // An answer or a connection that is waited for is about the old place, just like one that is there.
  const bool started = sink_ != nullptr;
  if (started && (phase_ == Phase::open || phase_ == Phase::trying)) part(Phase::trying);
}

// --- while open ---

void Line::watch() {
  channel_->want((held_ ? 0U : unsigned{loop::kReadable}) | (write_blocked_ ? unsigned{loop::kWritable} : 0U));
}

void Line::hold(bool held) {
  held_ = held;
  if (phase_ == Phase::open) watch();
}

void Line::channel_ready(unsigned ready) {
  // A descriptor in error is read on until its end or error: a dying QEMU's last words are still there.
  // It would be reported again and again; it is met when the guest may go on.
  if (held_ && (ready & loop::kFailed) != 0) write_blocked_ = false;
  if (!held_ && (ready & (loop::kReadable | loop::kFailed)) != 0) sink_->backend_readable();
  if (lost_) return lose();
  if (phase_ != Phase::open) return;
  if ((ready & loop::kWritable) != 0) {
    write_blocked_ = false;
    sink_->backend_writable();
  }
  if (phase_ == Phase::open) watch();
}

net::Io Line::read(BytesSpan room) {
  if (phase_ != Phase::open) return {net::Io::Kind::again};
  const net::Io io = channel_->read(room);
  if (io.kind == net::Io::Kind::end || io.kind == net::Io::Kind::error) {
    lost_ = true;
    reason_ = channel_->why_ended(io);
  }
  return io;
}

net::Io Line::write(BytesView bytes) {
  if (phase_ != Phase::open) return {net::Io::Kind::again};
  const net::Io io = channel_->write(bytes);
  // An error shows in the next read too, and is dealt with there, after what can still be read. Until then nothing is
  // waited for: a descriptor in error is always writable.
  if (io.kind == net::Io::Kind::error || io.kind == net::Io::Kind::end) return {net::Io::Kind::again};
  if (io.kind == net::Io::Kind::again || io.bytes < bytes.size()) {
    write_blocked_ = true;
    watch();
  }
  return io;
}

void Line::send_break(std::function<void(Status)> answer) {
  if (locator_->has_break()) return locator_->send_break(std::move(answer));
  if (phase_ != Phase::open) return answer(failure("no break: the console is not open"));
  const auto waits = breaks_.insert(breaks_.end(), std::move(answer));
  channel_->send_break([this, waits](const Status& sent) {
    const auto answered = std::move(*waits);
    breaks_.erase(waits);
    answered(sent);
  });
}

void Line::lose() {
  lost_ = false;
  const std::string reason = std::exchange(reason_, {});
  ended_as_ = channel_->ended_as();
  const State ended = channel_->ended();
  const auto unanswered = close_channel();
  phase_ = Phase::trying;
  // Not at the first byte: a terminal server says "port in use" before it closes.
  if (loop_.now() - opened_at_ >= patience_.reopen_most) backoff_.reset();
  failed(ended, reason);
  tell_of_no_break(unanswered);
}

// --- closing ---

void Line::put_down(const std::string& reason) {
  forces_ = false;
  down_reason_ = reason;
  if (phase_ == Phase::down) return timer_.start(0ms);
  part(Phase::down);
}

void Line::reopen(bool force) {
  forces_ = forces_ || force;
  backoff_.reset();
  part(Phase::trying);
}

void Line::stop() { part(Phase::stopped); }

void Line::part(Phase then) {
  if (phase_ == Phase::stopped) return;
  const bool was_parting = phase_ == Phase::parting;
  phase_ = Phase::parting;
  // A stop is not taken back.
  if (!was_parting || after_parting_ != Phase::stopped) after_parting_ = then;
  parting_told_ = false;
  if (was_parting) return;
  asking_.reset();
  if (opener_ && !channel_) opener_->abandon();
  if (channel_) channel_->want(0);
  const bool worth_waiting = channel_ && channel_->part();
  parting_deadline_ = loop_.now() + (worth_waiting ? std::chrono::milliseconds(kPart) : 0ms);
  if (after_parting_ == Phase::stopped)
    look_whether_parted();
  else
    timer_.start(0ms);
}

void Line::look_whether_parted() {
  // Told before anything is thrown away, so that the history has a mark there.
  if (!std::exchange(parting_told_, true)) {
    if (after_parting_ == Phase::trying) become(State::connecting, "to be opened again");
    if (after_parting_ == Phase::down) become(State::down, down_reason_);
  }
  if (channel_ && !other_side_closed() && loop_.now() < parting_deadline_) return timer_.start(kPartLook);
  const auto unanswered = close_channel();
  timer_.stop();
  phase_ = after_parting_;
  if (phase_ == Phase::trying)
    try_now();
  else if (opener_)
    opener_->abandon();  // one that listens would still be connected to
  tell_of_no_break(unanswered);
}

/// Whose breaks it has said nothing of.
std::list<std::function<void(Status)>> Line::close_channel() {
  channel_.reset();
  return std::exchange(breaks_, {});
}

bool Line::other_side_closed() {
  // What still comes is not recorded, which the mark at this point says.
  std::array<std::byte, 4096> rest;
  for (int reads = 0; reads < kPartReads; ++reads) {
    const net::Io io = channel_->read(rest);
    if (io.kind != net::Io::Kind::moved) return io.kind != net::Io::Kind::again;
  }
  return false;
}

}  // namespace charmux::backend
