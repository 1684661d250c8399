// SPDX-License-Identifier: Apache-2.0
#include "frontend/connection.hpp"

#include <algorithm>
#include <array>

namespace charmux::frontend {
namespace {

/// The most that is read from one client in one turn, and at once.
constexpr std::size_t kReadBudget = 16 * KiB;
constexpr std::size_t kReadSize = 4 * KiB;
/// How long a client that has been sent the end may take to end on its side.
constexpr std::chrono::seconds kGoodbye{5};

}  // namespace

Connection::Connection(const Context& context, net::Stream stream)
    : loop_(context.loop),
      log_(context.log),
      keeper_(context.keeper),
      stream_(std::move(stream)),
      outbox_most_(context.outbox) {}

Connection::~Connection() = default;

void Connection::begin() {
  Result<loop::Poll> poll = loop::Poll::watch(loop_, stream_.fd(), [this](unsigned events) { ready(events); });
  if (!poll) return end(poll.error().text);
  poll_ = std::move(*poll);
  update_interest();
}

void Connection::stop() {
  if (phase_ == Phase::closed) return;
  happened(Happening::told_to_stop);
  stopping();
}

void Connection::ready(unsigned events) {
  if ((events & loop::kWritable) != 0) stream_.flush();
  if ((events & loop::kWritable) != 0 && blocked_ && !stream_.owes()) {
    blocked_ = false;
    writable();
  }
  if (!prepare()) return;
  const bool urgent = (events & loop::kPriority) != 0 && heeds_urgent();
  if ((events & (loop::kReadable | loop::kFailed)) != 0 || urgent) receive(urgent);
  // Only asked for where the socket is not read: the client has gone, whatever it left unread.
  const unsigned gone = loop::kHangup | loop::kFailed | (half_closes() ? unsigned{loop::kPriority} : 0U);
  if ((events & gone) != 0) end("it hung up");
  update_interest();
}

/// To be asked before each read while there may be urgent data.
bool Connection::stands_before_urgent() {
  const net::Urgent urgent = stream_.urgent();
  at_urgent_ = urgent == net::Urgent::here;
  const bool before = urgent == net::Urgent::ahead && heeds_urgent() && !outbox_full();
  urgent_data(before);
  return before;
}

void Connection::receive(bool may_be_urgent) {
  std::array<std::byte, kReadSize> buffer;
  for (std::size_t taken = 0; taken < kReadBudget && phase_ != Phase::closed;) {
    // What comes after the stop is nobody's any more, and is read only to hear the goodbye behind it.
    const bool attached = phase_ == Phase::attached;
    const bool urgent = attached && may_be_urgent && stands_before_urgent();
    if (attached && !urgent && !may_read()) return;
    const std::size_t room = attached && !urgent ? std::min(buffer.size(), read_room()) : buffer.size();
    const net::Io io = stream_.recv(BytesSpan(buffer).first(room));
    switch (io.kind) {
      case net::Io::Kind::moved:
        taken += io.bytes;
        at_urgent_ = false;
        if (attached) received(BytesView(buffer).first(io.bytes));
        break;
      case net::Io::Kind::again: return;
      case net::Io::Kind::end:
        if (!half_closes()) return end("it hung up");
        return happened(Happening::peer_ended);
      case net::Io::Kind::error: return end(why(io));
    }
  }
}

std::string Connection::why(const net::Io& io) const {
  const bool by_tls = stream_.tls() != nullptr && (io.error_number == EPROTO || io.kind == net::Io::Kind::end);
  return by_tls ? stream_.tls()->why().text : errno_text(io.error_number);
}

void Connection::go_on() {
  called_again_ = false;
  if (phase_ == Phase::closed) return;
  receive(false);
  update_interest();
}

void Connection::happened(Happening happening) {
  const Phase before = phase_;
  phase_ = next_phase(phase_, happening);
  if (phase_ == before) return;
  log_.debug("{}: {} -> {}", subject(), name_of(before), name_of(phase_));
  if (phase_ == Phase::watching) half_closed();
  if (phase_ == Phase::leaving) {
    stream_.end_sending();
    suspended_since_ = loop_.now();
  }
  if (phase_ == Phase::closed) {
    poll_.want(0);
    keeper_.bury(*this);
  }
  update_interest();
}

void Connection::end(const std::string& reason) {
  if (phase_ == Phase::closed) return;
  log_.write(LogLevel::info, fmt::format("{} left: {}{}", subject(), reason, last_remark()), departure());
  happened(Happening::over);
}

void Connection::end_after_outbox() {
  last_words_ = true;
  happened(Happening::told_to_stop);
  if (flush_outbox()) all_sent();
}

net::Stream Connection::release_stream() {
  poll_ = {};
  net::Stream stream = std::move(stream_);
  happened(Happening::over);
  return stream;
}

void Connection::update_interest() {
  poll_.want(phase_ == Phase::closed ? 0U : stream_.poll_for(interest()));
  if (!called_again_ && has_unread()) {
    called_again_ = true;
    keeper_.call_again(*this);
  }
}

unsigned Connection::interest() const {
  const unsigned sending = blocked_ ? unsigned{loop::kWritable} : 0U;
  switch (phase_) {
    case Phase::attached: return sending | reading_interest();
    case Phase::finishing:
    case Phase::leaving: return sending | loop::kReadable;
    case Phase::watching:
    case Phase::draining:
      // Its end of input stays readable for ever; kPriority still reports that it has gone altogether.
      return sending | loop::kPriority;
    case Phase::closed: break;
  }
  return 0;
}

/// Something could be read and dealt with that no poll tells of: TLS has decrypted it.
bool Connection::has_unread() const {
  if (!stream_.has_pending()) return false;
  return phase_ == Phase::finishing || phase_ == Phase::leaving || (phase_ == Phase::attached && may_read());
}

/// While attached.
unsigned Connection::reading_interest() const {
  const bool heeds = stream_.may_be_urgent() && heeds_urgent() && !outbox_full();
  if (may_read()) return loop::kReadable | (heeds ? unsigned{loop::kPriority} : 0U);
  // Of one that may close its sending side that is no goodbye; what it sent before is read later.
  if (half_closes()) return loop::kPriority;
  // Urgent data stays until it is read, and its last byte is not read before there is room.
  return loop::kHangup | (heeds && !at_urgent_ ? unsigned{loop::kPriority} : 0U);
}

void Connection::set_suspended(bool suspended) {
  if (!suspended)
    suspended_since_ = {};
  else if (suspended_since_ == MonoTime())
    suspended_since_ = loop_.now();
}

void Connection::check(const Overdue& overdue) {
  if (phase_ == Phase::closed) return;
  const MonoTime now = loop_.now();
  if (seems_dead(now, overdue.dead))
    return end(fmt::format("its machine has acknowledged nothing for {}", format_duration(overdue.dead)));
  if (phase_ == Phase::leaving && now - suspended_since_ >= kGoodbye)
    return end("all was said, and it has not hung up");
  const MonoTime since = blocked_ ? blocked_since_ : suspended_since_;
  if (overdue.stalled.count() > 0 && since != MonoTime() && now - since >= overdue.stalled)
    end(fmt::format("it has read nothing for {} (limits.viewer_stalled_timeout)", format_duration(overdue.stalled)));
}

bool Connection::seems_dead(MonoTime now, std::chrono::milliseconds after) {
  const net::Outstanding outstanding = stream_.outstanding();
  if (outstanding.bytes == 0) {
    outstanding_since_.reset();
    return false;
  }
  if (!outstanding_since_) outstanding_since_ = now;
  // What was acknowledged last may be long ago just because nothing was sent.
  return outstanding.silent >= after && now - *outstanding_since_ >= after;
}

// --- sending ---

void Connection::writable() {
  if (flush_outbox() && last_words_) all_sent();
}

bool Connection::flush_outbox() {
  if (phase_ == Phase::closed) return false;
  settle();
  if (outbox_.empty()) return true;
  const net::Io io = outbox_.flush(stream_);
  if (io.kind != net::Io::Kind::moved) {
    block(io);
    return false;
  }
  update_interest();  // what was owed may have kept the client from being read
  return true;
}

std::size_t Connection::send_now(BytesView bytes) {
  const net::Io io = stream_.send(bytes);
  if (io.kind != net::Io::Kind::moved) {
    block(io);
    return 0;
  }
  // Less than all: the socket is full, and asking again would only say so.
  if (io.bytes < bytes.size()) block({net::Io::Kind::again});
  return io.bytes;
}

void Connection::block(const net::Io& io) {
  if (io.kind == net::Io::Kind::error) return end(why(io));
  if (!std::exchange(blocked_, true)) blocked_since_ = loop_.now();
  update_interest();
}

}  // namespace charmux::frontend
