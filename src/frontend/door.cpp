// SPDX-License-Identifier: Apache-2.0
#include "frontend/door.hpp"

namespace charmux::frontend {

Result<Door> Door::open(loop::Loop& loop, const std::vector<net::Endpoint>& endpoints,
                        const std::shared_ptr<Entrance>& entrance) {
  Door door(entrance);
  if (const Status listens = door.listen(loop, endpoints); !listens) return tl::unexpected(listens.error());
  return door;
}

Status Door::listen(loop::Loop& loop, const std::vector<net::Endpoint>& endpoints) {
  std::vector<net::Acceptor> acceptors;
  for (const net::Endpoint& at : endpoints) {
    Result<net::ServerSocket> socket = net::ServerSocket::listen(at);
    if (!socket) return tl::unexpected(socket.error());
    Result<net::Acceptor> acceptor =
        net::Acceptor::start(loop, std::move(*socket),
                             {[entrance = entrance_](UniqueFd client) { entrance->admit(std::move(client)); },
                              [entrance = entrance_](UniqueFd client) { entrance->refuse(std::move(client)); }});
    if (!acceptor) return tl::unexpected(acceptor.error());
    acceptors.push_back(std::move(*acceptor));
  }
  acceptors_ = std::move(acceptors);
  return {};
}

}  // namespace charmux::frontend
