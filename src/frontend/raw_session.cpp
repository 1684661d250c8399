// SPDX-License-Identifier: Apache-2.0
#include "frontend/raw_session.hpp"

namespace charmux::frontend {

RawSession::RawSession(const Context& context, net::Stream stream, console::ViewerOrigin origin,
                       console::Console& console, const console::ViewerSettings& settings)
    : Session(context, std::move(stream), std::move(origin)) {
  attach(console, settings);
  begin();
}

console::Wire::Sent RawSession::send(BytesView bytes, std::uint64_t) {
  const std::size_t taken = send_now(bytes);
  return {taken, taken < bytes.size()};
}

void RawSession::tell(std::string_view, bool) {}

void RawSession::received(BytesView bytes) {
  if (!console().type(viewer(), bytes)) end_for_typing();
}

}  // namespace charmux::frontend
