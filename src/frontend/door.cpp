// SPDX-License-Identifier: Apache-2.0
#include "frontend/door.hpp"

namespace charmux::frontend {

Result<Door> Door::open(loop::Loop& loop, const std::vector<net::Endpoint>& endpoints,
                        const std::shared_ptr<Entrance>& entrance) {
  Door door(entrance);
  for (const net::Endpoint& at : endpoints) {
    Result<net::ServerSocket> socket = net::ServerSocket::listen(at);
    if (!socket) return tl::unexpected(socket.error());
    Result<net::Acceptor> acceptor =
        net::Acceptor::start(loop, std::move(*socket),
                             {[entrance](UniqueFd client) { entrance->admit(std::move(client)); },
                              [entrance](UniqueFd client) { entrance->refuse(std::move(client)); }});
    if (!acceptor) return tl::unexpected(acceptor.error());
    door.acceptors_.push_back(std::move(*acceptor));
  }
  return door;
}

}  // namespace charmux::frontend
