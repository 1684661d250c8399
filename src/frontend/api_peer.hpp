// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>

#include "access/rules.hpp"

namespace charmux::frontend {

/// Who is at the other end of the control socket, by the kernel's word (SO_PEERCRED, unix(7)).
struct ApiPeer {
  uid_t uid = 0;
  /// root and the user that charmuxd runs as: an owner, by name. Anybody else: a local one, called "uid 1000" until the
  /// name service has said who that is.
  access::Person person{};

  [[nodiscard]] bool is_owner() const { return person.kind == access::Person::Kind::owner; }
};
/// The uid alone. nullopt: as below.
[[nodiscard]] std::optional<uid_t> peer_uid(int socket);
/// root, and the user that charmuxd runs as.
[[nodiscard]] bool is_owner(uid_t uid);
/// nullopt: it is no connected UNIX socket, and nobody can be said to be there.
[[nodiscard]] std::optional<ApiPeer> api_peer_of(int socket);

}  // namespace charmux::frontend
