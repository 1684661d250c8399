// SPDX-License-Identifier: Apache-2.0
#include "frontend/outbox.hpp"

namespace charmux::frontend {

net::Io Outbox::flush(net::Stream& stream) {
  while (!empty()) {
    const net::Io io = stream.send(BytesView(bytes_).subspan(sent_));
    if (io.kind != net::Io::Kind::moved) return io;
    sent_ += io.bytes;
  }
  bytes_ = Bytes();  // {} would keep its memory
  sent_ = 0;
  return {net::Io::Kind::moved};
}

}  // namespace charmux::frontend
