// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "charmux/config/config.hpp"
#include "console/console.hpp"
#include "console/directory.hpp"
#include "frontend/proxied.hpp"
#include "frontend/sessions.hpp"
#include "frontend/telnet_session.hpp"

namespace charmux::frontend {

/// What all that come in by one listener are given: how they watch, and what. Makes the session of each.
class Entrance : public std::enable_shared_from_this<Entrance> {
 public:
  struct Limits {
    std::function<std::size_t()> viewers;  ///< the most clients of the daemon at once.
    std::chrono::milliseconds notice_wait;
    std::chrono::milliseconds proxy_header = Proxied::kPatience;
  };
  /// The one console of this entrance, or null while there is none.
  using Target = std::function<console::Console*()>;

  /// `text` is the listener's kind and place, for people. An empty `target`: a menu of all of `consoles`.
  Entrance(const config::Listen& listen, std::string text, const Limits& limits, console::Directory& consoles,
           Target target, Sessions& sessions);

  /// A client has come.
  void admit(UniqueFd client);
  /// It comes in vain: charmuxd is full.
  void refuse(UniqueFd client) const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] bool is_proxy(const net::Stream& stream) const;
  void enter(net::Stream stream, std::string from, BytesView already_received);
  [[nodiscard]] console::ViewerSettings settings_for(const console::Console& console) const;
  void turn_away(int client, std::string_view line) const;
  void turn_away_unfound(int client) const;
  [[nodiscard]] TelnetSession::Choices choices();

  const config::Listen listen_;
  const std::string text_;
  const Limits limits_;
  console::Directory& consoles_;
  const Target target_;
  Sessions& sessions_;
};

}  // namespace charmux::frontend
