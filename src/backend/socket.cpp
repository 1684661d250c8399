// SPDX-License-Identifier: Apache-2.0
#include "backend/socket.hpp"

#include "backend/stream_channel.hpp"

namespace charmux::backend {

Socket::Socket(loop::Loop& loop, std::chrono::milliseconds connect_timeout, address::Place at, const std::string& text,
               Owner& owner)
    : connector_(loop, connect_timeout, std::move(at), text,
                 {[&loop, &owner, text](UniqueFd fd) {
                    owner.opened(std::make_unique<StreamChannel>(loop, std::move(fd), text, true), 0);
                  },
                  [&owner](State state, const std::string& reason) { owner.failed(state, reason); }}) {}

}  // namespace charmux::backend
