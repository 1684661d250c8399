// SPDX-License-Identifier: Apache-2.0
#include "backend/descriptor.hpp"

#include <unistd.h>

namespace charmux::backend {

Status Descriptor::start(Owner& owner) {
  Result<loop::Poll> poll =
      loop::Poll::watch(loop_, fd_.get(), [&owner](unsigned ready) { owner.channel_ready(ready); });
  if (!poll) return tl::unexpected(poll.error());
  poll_ = std::move(*poll);
  return {};
}

net::Io Descriptor::read(BytesSpan room) { return net::Io::from(::read(fd_.get(), room.data(), room.size())); }

net::Io Descriptor::write(BytesView bytes) { return net::Io::from(::write(fd_.get(), bytes.data(), bytes.size())); }

void Descriptor::close() {
  poll_ = loop::Poll();
  fd_.reset();
}

}  // namespace charmux::backend
