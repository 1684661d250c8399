// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "console/directory.hpp"
#include "frontend/api.hpp"
#include "frontend/api_session.hpp"
#include "frontend/sessions.hpp"
#include "net/acceptor.hpp"

namespace charmux::frontend {

/// `control.sock`: where the local API is spoken, and where its clients become viewers. Mode 0600.
class ControlSocket {
 public:
  /// How many more clients there may be here than at all other listeners: who may use this socket is root, or
  /// charmuxd's own user, and gets in when strangers have taken all the room there is for them. Then: 503.
  static constexpr std::size_t kOwnRoom = 16;

  struct Settings {
    ApiSession::Settings api;
    std::function<std::size_t()> viewers;  ///< the most clients of the daemon at once, kOwnRoom apart
    std::chrono::milliseconds notice_wait;
  };
  ControlSocket(Settings settings, ApiHouse& house, Sessions& sessions);

  /// Error: it cannot be made there, with the reason.
  [[nodiscard]] Status open(loop::Loop& loop, const std::string& path);
  /// Lets nobody in any more; those inside stay.
  void close() { acceptor_.reset(); }

 private:
  void admit(UniqueFd client);
  void attach(net::Stream stream, Bytes already_received, const AttachWish& wish);
  [[nodiscard]] console::ViewerSettings settings_for(const AttachWish& wish, const console::Console& console) const;

  const Settings settings_;
  ApiHouse& house_;
  Sessions& sessions_;
  Api api_;
  std::string path_;
  std::optional<net::Acceptor> acceptor_;
};

}  // namespace charmux::frontend
