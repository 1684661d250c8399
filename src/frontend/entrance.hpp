// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "charmux/config/config.hpp"
#include "console/console.hpp"
#include "console/directory.hpp"
#include "frontend/gate.hpp"
#include "frontend/sessions.hpp"
#include "frontend/telnet_session.hpp"

namespace charmux::frontend {

/// What all that come in by one listener are given: who they are taken for, how they watch, and what. Makes the session
/// of each. Nothing of a console, not even that there is one, is shown to somebody who has to say first who he is.
class Entrance : public std::enable_shared_from_this<Entrance> {
 public:
  /// The one console of this entrance, or null while there is none.
  using Target = std::function<console::Console*()>;
  /// A listener, and how it comes to know who its clients are. Its owner may change all but its kind and place, and
  /// then whoever came by it is judged anew.
  struct Terms {
    config::Listen listen;
    config::Naming naming = config::Naming::none;
    unsigned version = 0;  ///< grows with each change.
    bool closed = false;   ///< it is no more.
  };

  /// `text` is the listener's kind and place, for people. An empty `target`: the console that the terms name, or a menu
  /// of all of `consoles`.
  Entrance(std::shared_ptr<const Terms> terms, std::string text, Gate& gate, console::Directory& consoles,
           Target target, Sessions& sessions);

  /// A client has come.
  void admit(UniqueFd client);
  /// It comes in vain: charmuxd is full.
  void refuse(UniqueFd client) const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  /// What is known of a client so far.
  struct Arrival {
    net::Stream stream;
    std::string from;
    unsigned version;          ///< of the terms, when he came
    Crowd::Ticket stranger{};  ///< until he is known by name, where he has to be
    Crowd::Ticket seat{};      ///< as long as he is there
    std::string trust{};       ///< see TlsContext: when he began to shake hands
  };
  class Pass;
  [[nodiscard]] bool is_proxy(const net::Stream& stream) const;
  [[nodiscard]] bool is_allowed(const std::string& from) const;
  [[nodiscard]] bool takes_seat(Arrival& arrival);
  [[nodiscard]] bool is_stranger(Arrival& arrival);
  void arrive(Arrival arrival);
  void shake(Arrival arrival);
  void identify(Arrival arrival);
  void log_in(Arrival arrival);
  void enter(Arrival arrival, const std::shared_ptr<Pass>& pass);

  [[nodiscard]] const config::Listen& listen() const { return terms_->listen; }
  [[nodiscard]] std::shared_ptr<Pass> pass_of(access::Person person);
  [[nodiscard]] std::shared_ptr<Pass> pass_of_all();
  [[nodiscard]] bool is_outdated(const Arrival& arrival) const;
  [[nodiscard]] bool is_menu() const { return !target_ && listen().console.empty(); }
  [[nodiscard]] console::Console* target() const;

  [[nodiscard]] console::ViewerOrigin origin_of(const Arrival& arrival) const;
  [[nodiscard]] console::ViewerSettings settings_for(const access::Person& person,
                                                     const console::Console& console) const;
  [[nodiscard]] access::Right right(const access::Person& person, const console::Console& console) const;
  [[nodiscard]] TelnetSession::Choices choices(const access::Person& person);
  [[nodiscard]] TelnetSession::Welcome welcome(const std::shared_ptr<Pass>& pass, const console::ViewerOrigin& origin);
  void turn_away(net::Stream& stream, std::string_view line) const;

  const std::shared_ptr<const Terms> terms_;
  const std::string text_;
  Gate& gate_;
  console::Directory& consoles_;
  const Target target_;
  Sessions& sessions_;
  std::weak_ptr<Pass> common_;  ///< of all who came in by nothing of their own, by these terms
};

}  // namespace charmux::frontend
