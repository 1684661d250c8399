// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace charmux::frontend {

/// Who is at the other end of the control socket, by the kernel's word (SO_PEERCRED, unix(7)).
struct ApiPeer {
  std::string user;     ///< "root"; "uid 1000" where it is not known or not let in
  bool let_in = false;  ///< root, and the user that charmuxd runs as
};
/// Of a socket that is not a connected UNIX socket nobody is let in.
[[nodiscard]] ApiPeer api_peer_of(int socket);

}  // namespace charmux::frontend
