// SPDX-License-Identifier: Apache-2.0
#include "backend/telnet_channel.hpp"

#include <algorithm>

namespace charmux::backend {
namespace {

using namespace std::chrono_literals;

/// How long whoever greets as QEMU does may take to show that it is not.
constexpr auto kAnswer = 1s;
/// Bytes decoded at a time.
constexpr std::size_t kPiece = std::size_t{16} * 1024;

}  // namespace

TelnetChannel::TelnetChannel(loop::Loop& loop, std::unique_ptr<Channel> below)
    : below_(std::move(below)),
      settle_(loop, [this] { settle(); }),
      rest_(loop, [this] { owner_->channel_ready(loop::kReadable); }) {}

Status TelnetChannel::start(Channel::Owner& owner) {
  const bool begins = owner_ == nullptr;
  owner_ = &owner;
  return begins ? below_->start(*this) : Status{};
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
    wire_.resize(std::min(room.size(), kPiece));
    const net::Io io = below_->read(wire_);
    if (io.kind == net::Io::Kind::again) return io;
    if (io.kind != net::Io::Kind::moved) {
      client_.settle(data_);
      const std::size_t last = give(room);
      return last > 0 ? net::Io{net::Io::Kind::moved, last} : io;
    }
    heard_ = true;
    client_.feed(BytesView(wire_).first(io.bytes), data_, out_);
    if (client_.unsettled() && !settle_.running()) settle_.start(kAnswer);
    flush();
    if (const std::size_t given = give(room); given > 0) return {net::Io::Kind::moved, given};
  }
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
  client_.encode_break(out_);
  flush();
  want(interest_);
  answer({});
}

bool TelnetChannel::part() {
  parting_ = true;
  flush();
  // The rest goes out as it is taken: who parts from it goes on reading.
  return !out_.empty() || below_->part();
}

}  // namespace charmux::backend
