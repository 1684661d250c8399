// SPDX-License-Identifier: Apache-2.0
#include "frontend/session.hpp"

#include <algorithm>
#include <array>

namespace charmux::frontend {
namespace {

/// The most that is read from one client in one turn, and at once.
constexpr std::size_t kReadBudget = 16 * KiB;
constexpr std::size_t kReadSize = 4 * KiB;

}  // namespace

Session::Session(const Context& context, net::Stream stream, console::Console& console,
                 const console::ViewerSettings& settings, std::string_view door)
    : log_(context.log),
      loop_(context.loop),
      graveyard_(context.graveyard),
      stream_(std::move(stream)),
      outbox_most_(context.outbox),
      viewer_(console, *this, settings, stream_.peer()) {
  log_.info("console {}: {} attached by {}", console.name(), viewer_.who(), door);
}

Session::~Session() = default;

void Session::begin() {
  Result<loop::Poll> poll = loop::Poll::watch(loop_, stream_.fd(), [this](unsigned events) { ready(events); });
  if (!poll) return expire(poll.error().text);
  poll_ = std::move(*poll);
  update_interest();
}

void Session::stop() {
  if (phase_ == Phase::closed) return;
  happened(Happening::told_to_stop);
}

void Session::ready(unsigned events) {
  if ((events & loop::kWritable) != 0) {
    blocked_ = false;
    viewer_.writable();
  }
  if ((events & (loop::kReadable | loop::kFailed)) != 0) receive();
  // Only asked for where the socket is not read: the client has gone, whatever it left unread.
  if ((events & (loop::kHangup | loop::kPriority | loop::kFailed)) != 0) expire("it hung up");
  update_interest();
}

void Session::receive() {
  std::array<std::byte, kReadSize> buffer;
  for (std::size_t taken = 0; taken < kReadBudget && phase_ != Phase::closed;) {
    // What comes after the stop is nobody's any more, and is read only to hear the goodbye behind it.
    const bool attached = phase_ == Phase::attached;
    if (attached && !may_read()) return;
    const std::size_t room = attached ? std::min(buffer.size(), console().input_room(viewer_)) : buffer.size();
    const net::Io io = stream_.recv(BytesSpan(buffer).first(room));
    switch (io.kind) {
      case net::Io::Kind::moved:
        taken += io.bytes;
        if (attached) received(BytesView(buffer).first(io.bytes));
        break;
      case net::Io::Kind::again: return;
      case net::Io::Kind::end:
        if (!half_closes()) return expire("it hung up");
        return happened(Happening::peer_ended);
      case net::Io::Kind::error: return expire(errno_text(io.error_number));
    }
  }
}

void Session::happened(Happening happening) {
  const Phase before = phase_;
  phase_ = next_phase(phase_, happening);
  if (phase_ == before) return;
  log_.debug("console {}: {}: {} -> {}", console().name(), viewer_.who(), name_of(before), name_of(phase_));
  if (phase_ == Phase::watching) console().lay_pen_down(viewer_);
  if (phase_ == Phase::leaving) stream_.end_sending();
  if (phase_ == Phase::closed) {
    poll_.want(0);
    graveyard_.bury(*this);
  }
  update_interest();
}

void Session::expire(const std::string& reason) {
  if (phase_ == Phase::closed) return;
  const std::string missed =
      viewer_.skipped() == 0 ? "" : fmt::format("; it was not given {} bytes", viewer_.skipped());
  log_.info("console {}: {} left: {}{}", console().name(), viewer_.who(), reason, missed);
  happened(Happening::over);
}

bool Session::may_read() const { return viewer_.console().input_room(viewer_) > 0 && outbox_.size() < outbox_most_; }

void Session::update_interest() {
  const unsigned sending = blocked_ ? unsigned{loop::kWritable} : 0U;
  switch (phase_) {
    case Phase::attached:
      if (may_read()) return poll_.want(sending | loop::kReadable);
      // Of one that may close its sending side that is no goodbye; what it sent before is read later. Of another
      // kPriority would be its urgent data (telnet's Synch), which stays until it is read.
      return poll_.want(sending | (half_closes() ? unsigned{loop::kPriority} : unsigned{loop::kHangup}));
    case Phase::finishing:
    case Phase::leaving: return poll_.want(sending | loop::kReadable);
    case Phase::watching:
    case Phase::draining:
      // Its end of input stays readable for ever; kPriority still reports that it has gone altogether.
      return poll_.want(sending | loop::kPriority);
    case Phase::closed: return poll_.want(0);
  }
}

// --- sending ---

bool Session::flush() {
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

std::size_t Session::send_now(BytesView bytes) {
  const net::Io io = stream_.send(bytes);
  if (io.kind != net::Io::Kind::moved) {
    block(io);
    return 0;
  }
  // Less than all: the socket is full, and asking again would only say so.
  if (io.bytes < bytes.size()) block({net::Io::Kind::again});
  return io.bytes;
}

void Session::block(const net::Io& io) {
  if (io.kind == net::Io::Kind::error) return expire(errno_text(io.error_number));
  blocked_ = true;
  update_interest();
}

void Session::finished() { happened(Happening::all_sent); }

}  // namespace charmux::frontend
