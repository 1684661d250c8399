// SPDX-License-Identifier: Apache-2.0
#include "backend/stream_channel.hpp"

#include "net/socket_options.hpp"

namespace charmux::backend {

StreamChannel::StreamChannel(loop::Loop& loop, UniqueFd fd, std::string text, bool queued)
    : Descriptor(loop, std::move(fd)), text_(std::move(text)), queued_(queued), is_tcp_(net::is_tcp(this->fd())) {
  if (is_tcp_) net::set_tcp_options(this->fd());
}

StreamChannel::~StreamChannel() {
  // QEMU does not notice a FIN while the guest reads nothing, and would serve nobody else (7.2).
  if (is_tcp_) net::reset_when_closed(fd());
}

bool StreamChannel::part() {
  // Not a plain close: that throws away what QEMU has not read yet (TCP: the RST above; UNIX: before QEMU 9.0 it looks
  // at the hang-up first). The end of input it meets only behind all that was written, and then closes (7.2).
  return net::end_sending(fd());
}

std::string StreamChannel::why_ended(const net::Io& io) const {
  if (io.kind == net::Io::Kind::error) return fmt::format("{}: {}", text_, errno_text(io.error_number));
  return fmt::format("{}: the other side closed it", text_);
}

void StreamChannel::send_break(std::function<void(Status)> answer) {
  answer(failure("no break: a raw socket carries none, only QEMU's monitor or telnet do"));
}

}  // namespace charmux::backend
