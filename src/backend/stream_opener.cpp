// SPDX-License-Identifier: Apache-2.0
#include "backend/stream_opener.hpp"

#include <sys/socket.h>

#include "charmux/base/result.hpp"
#include "net/socket_options.hpp"

namespace charmux::backend {

StreamOpener::StreamOpener(const address::Backend& at)
    : text_(address::to_text(at)),
      is_tcp_(std::holds_alternative<address::Tcp>(at) || std::holds_alternative<address::TcpListen>(at)) {}

bool StreamOpener::part(int fd) const {
  // Not a plain close: that throws away what QEMU has not read yet (TCP: the RST below; UNIX: before QEMU 9.0 it looks
  // at the hang-up first). The end of input it meets only behind all that was written, and then closes (7.2).
  return ::shutdown(fd, SHUT_WR) == 0;
}

void StreamOpener::before_close(int fd) {
  if (!is_tcp_) return;
  // QEMU does not notice a FIN while the guest reads nothing, and would serve nobody else (7.2).
  const linger reset{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

std::string StreamOpener::why_ended(const net::Io& io) const {
  if (io.kind == net::Io::Kind::error) return fmt::format("{}: {}", text_, errno_text(io.error_number));
  return fmt::format("{}: the other side closed it", text_);
}

std::string_view StreamOpener::why_no_break() const {
  return "a raw socket carries none, only QEMU's monitor or telnet do";
}

}  // namespace charmux::backend
