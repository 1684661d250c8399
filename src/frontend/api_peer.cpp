// SPDX-License-Identifier: Apache-2.0
#include "frontend/api_peer.hpp"

#include <fmt/core.h>
#include <sys/socket.h>
#include <unistd.h>

#include "access/local_user.hpp"

namespace charmux::frontend {

using access::Person;

std::optional<uid_t> peer_uid(int socket) {
  constexpr auto kNobody = static_cast<uid_t>(-1);
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.uid == kNobody) return std::nullopt;
  return peer.uid;
}

bool is_owner(uid_t uid) { return uid == 0 || uid == ::geteuid(); }

std::optional<ApiPeer> api_peer_of(int socket) {
  const std::optional<uid_t> uid = peer_uid(socket);
  if (!uid) return std::nullopt;
  // Only these two are looked up here: the name service may have to ask far away for anybody else, and nobody is to be
  // able to make the loop wait for that.
  if (is_owner(*uid)) return ApiPeer{*uid, {Person::Kind::owner, access::local_name(*uid), {}}};
  return ApiPeer{*uid, {Person::Kind::local, fmt::format("uid {}", *uid), {}}};
}

}  // namespace charmux::frontend
