// SPDX-License-Identifier: Apache-2.0
#include "frontend/api_peer.hpp"

#include <fmt/core.h>
#include <sys/socket.h>
#include <unistd.h>

#include "access/local_user.hpp"

namespace charmux::frontend {

using access::Person;

std::optional<ApiPeer> api_peer_of(int socket) {
  constexpr auto kNobody = static_cast<uid_t>(-1);
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.uid == kNobody) return std::nullopt;
  const bool owner = peer.uid == 0 || peer.uid == ::geteuid();
  // Only these two are looked up here: the name service may have to ask far away for anybody else, and nobody is to be
  // able to make the loop wait for that.
  if (owner) return ApiPeer{peer.uid, {Person::Kind::owner, access::local_name(peer.uid), {}}};
  return ApiPeer{peer.uid, {Person::Kind::local, fmt::format("uid {}", peer.uid), {}}};
}

}  // namespace charmux::frontend
