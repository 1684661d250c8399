// SPDX-License-Identifier: Apache-2.0
#include "backend/opener.hpp"

#include "backend/listening.hpp"
#include "backend/pty.hpp"
#include "backend/socket.hpp"

namespace charmux::backend {

std::unique_ptr<Opener> make_opener(loop::Loop& loop, std::chrono::milliseconds connect_timeout,
                                    const address::Backend& address, Opener::Owner& owner) {
  if (const auto* pty = std::get_if<address::Pty>(&address)) return std::make_unique<Pty>(pty->path, owner);
  if (std::holds_alternative<address::UnixListen>(address) || std::holds_alternative<address::TcpListen>(address))
    return std::make_unique<Listening>(loop, address, owner);
  return std::make_unique<Socket>(loop, connect_timeout, address, owner);
}

}  // namespace charmux::backend
