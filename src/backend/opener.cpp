// SPDX-License-Identifier: Apache-2.0
#include "backend/opener.hpp"

#include "backend/listening.hpp"
#include "backend/pty.hpp"
#include "backend/socket.hpp"

namespace charmux::backend {

std::unique_ptr<Opener> make_opener(loop::Loop& loop, std::chrono::milliseconds connect_timeout,
                                    const address::Backend& address, Opener::Owner& owner) {
  const std::string text = address::to_text(address);
  if (const auto* pty = std::get_if<address::Pty>(&address)) return std::make_unique<Pty>(loop, pty->path, owner);
  if (const auto* at = std::get_if<address::Unix>(&address))
    return std::make_unique<Socket>(loop, connect_timeout, at->at, text, owner);
  if (const auto* at = std::get_if<address::Tcp>(&address))
    return std::make_unique<Socket>(loop, connect_timeout, at->at, text, owner);
  return std::make_unique<Listening>(loop, address, owner);
}

}  // namespace charmux::backend
