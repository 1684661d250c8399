// SPDX-License-Identifier: Apache-2.0
#include "frontend/shaking.hpp"

namespace charmux::frontend {

Shaking::Shaking(const Context& context, net::Stream stream, std::string who, Crowd::Ticket stranger,
                 std::chrono::milliseconds patience, Shaken shaken, Failed failed)
    : Connection(context, std::move(stream)),
      who_(std::move(who)),
      stranger_(std::move(stranger)),
      shaken_(std::move(shaken)),
      failed_(std::move(failed)),
      timer_(context.loop, [this, patience] {
        fail(fmt::format("its TLS handshake took more than {} (limits.handshake)", format_duration(patience)));
      }) {
  begin();
  timer_.start(patience);
}

void Shaking::fail(const std::string& why) {
  failed_(why);
  end_silently();
}

bool Shaking::prepare() {
  const net::Io io = handshake();
  switch (io.kind) {
    case net::Io::Kind::again: update_interest(); return false;
    case net::Io::Kind::moved: break;
    case net::Io::Kind::end:
    case net::Io::Kind::error: fail(why(io)); return false;
  }
  timer_.stop();
  shaken_(release_stream(), std::move(stranger_));
  return false;
}

}  // namespace charmux::frontend
