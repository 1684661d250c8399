// SPDX-License-Identifier: Apache-2.0
#include "backend/telnet_channel.hpp"

#include <algorithm>

namespace charmux::backend {
namespace {

using namespace std::chrono_literals;

/// How long whoever greets as QEMU does may take to show that it is not.
constexpr auto kAnswer = 1s;
/// How long a server may take to say whether it has RFC 2217, before its silence is told. It may agree later still.
constexpr auto kPortAnswer = 3s;
/// Bytes decoded at a time.
constexpr std::size_t kPiece = std::size_t{16} * 1024;

}  // namespace

TelnetChannel::TelnetChannel(loop::Loop& loop, std::unique_ptr<Channel> below,
                             const std::optional<address::RemotePort>& port, const TelnetPortTimes& times, Maker& maker)
    : below_(std::move(below)),
      settle_(loop, [this] { settle(); }),
      rest_(loop, [this] { owner_->channel_ready(loop::kReadable); }),
      maker_(maker),
      untold_(loop, [this] { tell_port(); }),
      no_answer_(loop, [this] { tell_outcome(); }) {
  if (!port) return;
  TelnetPort::Wire& wire = *this;
  port_.emplace(loop, wire, *port, times);
  client_.want_com_port(out_);
}

Status TelnetChannel::start(Channel::Owner& owner) {
  const bool begins = owner_ == nullptr;
  owner_ = &owner;
  if (!begins) return {};
  if (const Status started = below_->start(*this); !started) return started;
  flush();
  return {};
}

void TelnetChannel::want(unsigned interest) {
  interest_ = interest;
  const unsigned below = may_send() ? interest : interest & ~unsigned{loop::kWritable};
  below_->want(below | (out_.empty() ? 0U : unsigned{loop::kWritable}));
  rest_.waits((interest & loop::kReadable) != 0 && given_ < data_.size());
}

void TelnetChannel::channel_ready(unsigned ready) {
  if ((ready & loop::kWritable) != 0) flush();
  // What only the flush needed is nobody else's business.
  if (const unsigned told = ready & (interest_ | loop::kFailed); told != 0) return owner_->channel_ready(told);
  want(interest_);
}

// --- in ---

net::Io TelnetChannel::read(BytesSpan room) {
  if (parting_ && !out_.empty()) (void)part();
  if (const std::size_t given = give(room); given > 0) return {net::Io::Kind::moved, given};
  if (client_.transparent()) return below_->read(room);
  for (;;) {
    const net::Io io = take_in(room.size());
    if (io.kind == net::Io::Kind::again) return io;
    if (io.kind != net::Io::Kind::moved) {
      client_.settle(data_);
      const std::size_t last = give(room);
      return last > 0 ? net::Io{net::Io::Kind::moved, last} : io;
    }
    if (const std::size_t given = give(room); given > 0) return {net::Io::Kind::moved, given};
  }
}

/// Decodes what comes, a piece of it.
net::Io TelnetChannel::take_in(std::size_t room) {
  wire_.resize(std::min(room, kPiece));
  const net::Io io = below_->read(wire_);
  if (io.kind != net::Io::Kind::moved) return io;
  if (!heard_ && port_) no_answer_.start(kPortAnswer);
  heard_ = true;
  client_.feed(BytesView(wire_).first(io.bytes), data_, out_);
  if (client_.unsettled() && !settle_.running()) settle_.start(kAnswer);
  note_port();
  flush();
  return io;
}

/// Moves what is decoded; how much.
std::size_t TelnetChannel::give(BytesSpan room) {
  const std::size_t size = std::min(room.size(), data_.size() - given_);
  std::copy_n(data_.begin() + static_cast<std::ptrdiff_t>(given_), size, room.begin());
  given_ += size;
  if (given_ < data_.size()) return size;
  data_.clear();
  given_ = 0;
  return size;
}

void TelnetChannel::settle() {
  client_.settle(data_);
  note_port();
  if (given_ < data_.size() && (interest_ & loop::kReadable) != 0) owner_->channel_ready(loop::kReadable);
}

// --- out ---

net::Io TelnetChannel::write(BytesView bytes) {
  flush();
  if (!out_.empty() || !may_send()) return {net::Io::Kind::again};
  const BytesView piece = bytes.first(std::min(bytes.size(), kPiece));
  client_.encode(piece, out_);
  flush();
  return {net::Io::Kind::moved, piece.size()};
}

void TelnetChannel::flush() {
  while (!out_.empty()) {
    const net::Io io = below_->write(out_);
    if (io.kind == net::Io::Kind::again) break;
    // An error shows in the next read, too; until then nothing waits for it.
    if (io.kind != net::Io::Kind::moved) return out_.clear();
    out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(io.bytes));
  }
}

void TelnetChannel::send_break(std::function<void(Status)> answer) {
  if (port() != nullptr) return port_->send_break(std::move(answer));
  protocol::TelnetClient::encode_break(out_);
  flush();
  want(interest_);
  answer({});
}

// --- RFC 2217 ---

PortControl* TelnetChannel::port() { return client_.com_port() == ComPort::agreed ? &*port_ : nullptr; }

bool TelnetChannel::knows_port() {
  while (client_.com_port() == ComPort::asked && data_.size() < kPiece) {
    const net::Io io = take_in(kPiece);
    if (io.kind == net::Io::Kind::again) return false;
    // Its end is met again when the rest has been read.
    if (io.kind != net::Io::Kind::moved) return true;
  }
  return true;
}

void TelnetChannel::send(const protocol::ComPortMessage& message) {
  client_.encode(message, out_);
  flush();
  want(interest_);
}

/// What the port is to be told it is told from the loop.
void TelnetChannel::note_port() {
  if (!port_) return;
  for (protocol::ComPortMessage& message : client_.take_messages()) messages_.push_back(std::move(message));
  untold_.waits(!messages_.empty() || told_ != client_.com_port());
}

void TelnetChannel::tell_port() {
  if (told_ != client_.com_port()) {
    tell_outcome();
    if (told_ == ComPort::agreed) port_->begin();
  }
  // One at a time: whoever is told may destroy this.
  if (messages_.empty()) return;
  const protocol::ComPortMessage message = std::move(messages_.front());
  messages_.erase(messages_.begin());
  untold_.waits(!messages_.empty());
  port_->heard(message);
}

void TelnetChannel::tell_outcome() {
  constexpr auto kCannot = "the settings of its port cannot be changed, and a break is telnet's";
  no_answer_.stop();
  told_ = client_.com_port();
  if (told_ == ComPort::refused) maker_.channel_remarks(fmt::format("it refuses RFC 2217: {}", kCannot));
  if (told_ == ComPort::qemu) maker_.channel_remarks(fmt::format("it is QEMU's telnet, not RFC 2217's: {}", kCannot));
  if (told_ == ComPort::asked)
    maker_.channel_remarks(fmt::format("it does not say whether it has RFC 2217: {}", kCannot));
}

bool TelnetChannel::part() {
  parting_ = true;
  flush();
  // The rest goes out as it is taken: who parts from it goes on reading.
  return !out_.empty() || below_->part();
}

}  // namespace charmux::backend
