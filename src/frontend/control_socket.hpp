// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "access/local_users.hpp"
#include "console/directory.hpp"
#include "frontend/api.hpp"
#include "frontend/api_session.hpp"
#include "frontend/gate.hpp"
#include "frontend/sessions.hpp"
#include "net/acceptor.hpp"

namespace charmux::frontend {

/// `control.sock`: where the local API is spoken, and where its clients become viewers. Mode 0600, or 0660 for a group.
class ControlSocket {
 public:
  /// How many more clients there may be than elsewhere when they are owners, root or charmuxd's own user: these get in
  /// when others have taken all the room there is for them. Then, and before that for anybody else: 503.
  static constexpr std::size_t kOwnRoom = 16;

  struct Settings {
    ApiSession::Settings api;
    std::string group;  ///< whose members may connect, too, if there is such a group; empty: nobody's
    std::function<std::size_t()> viewers;  ///< the most clients of the daemon at once, kOwnRoom apart
  };
  ControlSocket(Settings settings, ApiHouse& house, Sessions& sessions, Gate& gate);

  /// Looks up the group, so it may block. Error: it cannot be made there, with the reason.
  [[nodiscard]] Status open(loop::Loop& loop, const std::string& path);
  /// Lets nobody in any more; those inside stay.
  void close() { acceptor_.reset(); }

 private:
  void admit(UniqueFd client);
  [[nodiscard]] std::optional<Crowd::Ticket> seat_for(const ApiPeer& peer);
  void let_group_in(net::ServerSocket& socket);
  void attach(net::Stream stream, Bytes already_received, const AttachWish& wish, const access::Person& person,
              Crowd::Ticket seat);
  [[nodiscard]] console::ViewerSettings settings_for(const AttachWish& wish, access::Right right,
                                                     const console::Console& console) const;

  const Settings settings_;
  ApiHouse& house_;
  Sessions& sessions_;
  Gate& gate_;
  Api api_;
  access::LocalUsers users_;
  std::string path_;
  std::optional<net::Acceptor> acceptor_;
};

}  // namespace charmux::frontend
