// SPDX-License-Identifier: Apache-2.0
#include "frontend/api_peer.hpp"

#include <fmt/core.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace charmux::frontend {
namespace {

std::string user_name(uid_t uid) {
  std::array<char, 4096> room;
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, room.data(), room.size(), &found) != 0 || found == nullptr)
    return fmt::format("uid {}", uid);
  return found->pw_name;
}

}  // namespace

ApiPeer api_peer_of(int socket) {
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return {"unknown", false};
  const bool let_in = peer.uid == 0 || peer.uid == ::geteuid();
  // Only these two are looked up: the name service may have to ask far away for anybody else, and nobody is to be able
  // to make the loop wait for that.
  return {let_in ? user_name(peer.uid) : fmt::format("uid {}", peer.uid), let_in};
}

}  // namespace charmux::frontend
