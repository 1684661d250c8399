// SPDX-License-Identifier: Apache-2.0
#include "backend/udp.hpp"

#include <functional>
#include <utility>

#include "backend/udp_channel.hpp"
#include "net/datagram_socket.hpp"

namespace charmux::backend {
namespace {

/// EADDRINUSE and the like are for a person to mend; a network that is not there yet comes by itself.
bool is_to_be_mended(int error_number) {
  return error_number == EADDRINUSE || error_number == EACCES || error_number == EPERM || error_number == EADDRNOTAVAIL;
}

}  // namespace

Udp::Udp(loop::Loop& loop, address::Udp at, std::string text, Owner& owner)
    : loop_(loop), at_(std::move(at)), text_(std::move(text)), owner_(owner) {}

void Udp::begin() {
  const std::optional<net::Endpoint> peer = net::literal_endpoint(at_.at);
  const std::optional<net::Endpoint> bind = at_.bind ? net::literal_endpoint(*at_.bind) : std::nullopt;
  if (peer && (bind || !at_.bind)) return open({*peer}, bind ? Endpoints{*bind} : Endpoints{});
  struct Found {
    Result<Endpoints> peers;
    Result<Endpoints> binds;
  };
  auto found = std::make_shared<Found>();
  lookup_ = loop::Work(
      loop_,
      [found, at = at_] {
        found->peers = net::resolve(at.at);
        if (at.bind) found->binds = net::resolve(*at.bind);
      },
      [this, found] {
        for (const Result<Endpoints>& each : {std::cref(found->peers), std::cref(found->binds)})
          if (!each) return owner_.failed(State::closed, each.error().text);
        open(*found->peers, *found->binds);
      });
}

void Udp::open(const Endpoints& peers, const Endpoints& binds) {
  Result<UniqueFd> socket = failure("{}: host and bind are of two families; write both as IPv4 or both as IPv6", text_);
  const auto try_one = [&](const net::Endpoint& peer, const std::optional<net::Endpoint>& bind) {
    if (!socket && (!bind || bind->family() == peer.family())) socket = net::datagram_socket(peer, bind);
  };
  // In the resolver's order, as QEMU does.
  for (const net::Endpoint& peer : peers) {
    if (!at_.bind) try_one(peer, std::nullopt);
    for (const net::Endpoint& bind : binds) try_one(peer, bind);
  }
  if (socket) return owner_.opened(std::make_unique<UdpChannel>(loop_, std::move(*socket), text_, owner_), 0);
  const int error = socket.error().number;
  owner_.failed(error == 0 || is_to_be_mended(error) ? State::refused : State::closed, socket.error().text);
}

}  // namespace charmux::backend
