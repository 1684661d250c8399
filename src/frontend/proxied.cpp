// SPDX-License-Identifier: Apache-2.0
#include "frontend/proxied.hpp"

#include "charmux/protocol/proxy_header.hpp"

namespace charmux::frontend {
namespace {

constexpr const char* kMeant = "who connects from its network begins with one (proxy-from)";

}  // namespace

Proxied::Proxied(const Context& context, net::Stream stream, std::string door, Crowd::Ticket stranger,
                 std::chrono::milliseconds patience, Known known)
    : Connection(context, std::move(stream)),
      door_(std::move(door)),
      proxy_(peer()),
      stranger_(std::move(stranger)),
      known_(std::move(known)),
      timer_(context.loop, [this, patience] {
        end(fmt::format("it sent no whole PROXY header within {}; {}", format_duration(patience), kMeant));
      }) {
  begin();
  timer_.start(patience);
}

std::size_t Proxied::read_room() const { return protocol::proxy_header_needs(received_); }

void Proxied::received(BytesView bytes) {
  append(received_, bytes);
  const auto header = protocol::read_proxy_header(received_);
  if (!header) return end(fmt::format("it {}; {}", header.error().text, kMeant));
  if (!*header) return;
  timer_.stop();
  const std::string from = (*header)->client.value_or(proxy_);
  log_.info("{} passes on {}", subject(), (*header)->client ? from : "a client that it does not name");
  known_(release_stream(), from, std::move(stranger_));
}

}  // namespace charmux::frontend
