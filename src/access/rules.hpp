// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "charmux/config/access.hpp"
#include "net/peer_certificate.hpp"

namespace charmux::access {

/// What somebody may do at a console; each includes those before it.
enum class Right : std::uint8_t { none, watch, control, admin };

/// Somebody who has been let in, as the rules know him.
struct Person {
  enum class Kind {
    stranger,  ///< came through a door that wants no names: may watch and type.
    user,      ///< a [[user]].
    local,     ///< a UNIX user of this machine, by a UNIX socket.
    owner,     ///< root, or the user that charmuxd runs as, by a UNIX socket: may do everything.
  };
  Kind kind = Kind::stranger;
  std::string name{};                 ///< the user's; empty: a stranger
  std::vector<std::string> groups{};  ///< of a local one: his UNIX groups
};

/// By what that user logs in: changes when his password does, or who looks at it. Never shown.
[[nodiscard]] std::string login_of(const config::User& user);

/// Users, groups, and what they may. A value, made of a configuration; for any thread.
class Rules {
 public:
  /// No users: strangers and owners only, and local ones may do everything (the socket's file lets in whom it lets in).
  /// A [[group]] alone is a rule for local ones, too.
  Rules() = default;
  Rules(std::vector<config::User> users, std::vector<config::Group> groups);

  [[nodiscard]] bool has_users() const { return !users_.empty(); }
  /// The user of that name, or null.
  [[nodiscard]] const config::User* user(std::string_view name) const;
  /// The first user who has this certificate, or null. Names of hosts and the domain of an address in any case.
  [[nodiscard]] const config::User* user_of(const net::PeerCertificate& certificate) const;
  /// What that person may do at the console of that name. A local one is the [[user]] of his name, if there is one, and
  /// has the rights of the [[group]]s that are called as his UNIX groups.
  [[nodiscard]] Right right(const Person& person, std::string_view console) const;
  /// Whether he administers every console there may ever be (admin = ["*"]), and so charmuxd itself.
  [[nodiscard]] bool administers_all(const Person& person) const;

 private:
  [[nodiscard]] bool empty() const { return users_.empty() && groups_.empty(); }

  std::vector<config::User> users_;
  std::vector<config::Group> groups_;
};

}  // namespace charmux::access
