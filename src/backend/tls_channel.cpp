// SPDX-License-Identifier: Apache-2.0
#include "backend/tls_channel.hpp"

#include <utility>

#include "net/socket_options.hpp"

namespace charmux::backend {

TlsChannel::TlsChannel(loop::Loop& loop, net::Stream stream, std::string text,
                       std::function<std::string(const net::TlsSession&)> why)
    : loop_(loop), stream_(std::move(stream)), text_(std::move(text)), why_(std::move(why)), pending_(loop, [this] {
        owner_->channel_ready(loop::kReadable);
      }) {}

TlsChannel::~TlsChannel() {
  // QEMU does not notice a FIN while the guest reads nothing, and would serve nobody else (7.2).
  net::reset_when_closed(stream_.fd());
}

Status TlsChannel::start(Owner& owner) {
  owner_ = &owner;
  Result<loop::Poll> poll = loop::Poll::watch(loop_, stream_.fd(), [this](unsigned what) { ready(what); });
  if (!poll) return tl::unexpected(poll.error());
  poll_ = std::move(*poll);
  watch();
  return {};
}

void TlsChannel::want(unsigned interest) {
  interest_ = interest;
  watch();
}

void TlsChannel::watch() {
  poll_.want(failed_ ? interest_ : stream_.poll_for(interest_));
  pending_.waits((interest_ & loop::kReadable) != 0 && stream_.has_pending());
}

void TlsChannel::ready(unsigned ready) {
  if ((ready & loop::kFailed) != 0) failed_ = true;
  if ((ready & (loop::kWritable | loop::kFailed)) != 0) stream_.flush();
  unsigned told = ready & (interest_ | loop::kFailed);
  if (stream_.owes()) told &= ~unsigned{loop::kWritable};
  // Nobody is to be told once it is parted from.
  if (interest_ == 0 || told == 0) return watch();
  owner_->channel_ready(told);
}

net::Io TlsChannel::read(BytesSpan room) {
  const net::Io io = stream_.recv(room);
  watch();
  return io;
}

net::Io TlsChannel::write(BytesView bytes) {
  const net::Io io = stream_.send(bytes);
  watch();
  return io;
}

bool TlsChannel::part() {
  // Not a plain close: the RST above would throw away what QEMU has not read yet. The end of input it meets only behind
  // all that was written, and then closes (7.2).
  stream_.end_sending();
  watch();
  return true;
}

std::string TlsChannel::why_ended(const net::Io& io) const {
  using Kind = net::Io::Kind;
  const net::TlsSession& tls = *stream_.tls();
  if (io.kind == Kind::error && io.error_number != EPROTO)
    return fmt::format("{}: {}", text_, errno_text(io.error_number));
  if (io.kind == Kind::error) return fmt::format("{}: {}", text_, why_(tls));
  // A QEMU that ends does this. Nothing is lost but the knowledge that nothing is: that is for people to weigh.
  if (tls.truncated())
    return fmt::format("{}: the other side closed the connection without saying so (TLS close_notify)", text_);
  return fmt::format("{}: the other side closed it", text_);
}

void TlsChannel::send_break(std::function<void(Status)> answer) {
  answer(failure("no break: a raw TLS connection carries none, only QEMU's monitor or telnet do"));
}

}  // namespace charmux::backend
