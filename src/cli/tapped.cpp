// SPDX-License-Identifier: Apache-2.0
#include "cli/tapped.hpp"

namespace charmux::cli {

net::Io Tapped::read(BytesSpan room) {
  const net::Io io = backend_->read(room);
  if (io.kind == net::Io::Kind::moved && ear_.read) ear_.read(room.first(io.bytes));
  return io;
}

net::Io Tapped::write(BytesView bytes) {
  const net::Io io = backend_->write(bytes);
  if (io.kind == net::Io::Kind::moved && ear_.written) ear_.written(bytes.first(io.bytes));
  return io;
}

}  // namespace charmux::cli
