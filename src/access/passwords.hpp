// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "charmux/address/network.hpp"
#include "charmux/base/log.hpp"
#include "charmux/config/access.hpp"
#include "loop/loop.hpp"

namespace charmux::access {

/// Looks at passwords: one at a time, on the thread pool, since a hash is meant to take long (yescrypt: 20 ms and
/// more), and after each twice as long not, so that hashes take a third of a processor at most. Who tries too often
/// is refused before that. Whether there is such a user, and whether he has a password, cannot be told from how long it
/// takes: one who has none is compared with a hash that nothing fits, of the cost of yescrypt as charmux passwd makes
/// it. (Where PAM, or a hash of another cost, is a user's, that takes its own time.) Refusals are logged, the first of
/// each cause at once and then their number once a minute; a name that is nobody's never is: it may be a password,
/// typed too early. Owned by whoever owns the doors; for the loop's thread.
class Passwords {
 public:
  enum class Verdict {
    good,
    wrong,      ///< or there is no such user, or he has no password.
    too_often,  ///< refused unlooked at: from that address, or for that name, there were too many.
    busy,       ///< refused unlooked at: too many wait.
  };
  struct Limits {
    std::size_t address = 20;  ///< tries from one address in a minute; of IPv6, one /64. A success gives them back.
    std::size_t user = 60;     ///< tries for one name in a minute, whether it is a user's or not.
    std::size_t queue = 16;    ///< that wait while one is looked at.
  };
  struct Attempt {
    std::string name;                           ///< as it was typed; at most kMostName bytes count
    const config::User* user = nullptr;         ///< null: there is no such; not kept
    std::string password;                       ///< wiped when it has been looked at
    std::optional<address::IpBytes> address{};  ///< none: this machine (a UNIX socket), whose tries are
                                                ///< counted by name alone
  };
  static constexpr std::size_t kMostName = 64;
  static constexpr std::size_t kMostPassword = 256;

  Passwords(loop::Loop& loop, Log& log, const Limits& limits);
  Passwords(const Passwords&) = delete;
  Passwords& operator=(const Passwords&) = delete;
  ~Passwords();

  /// `answer` is called once, from inside this or later, unless `wanted` has expired by then: then the password is not
  /// looked at, if it was not yet.
  using Answer = std::function<void(Verdict)>;
  void check(Attempt attempt, std::weak_ptr<const void> wanted, Answer answer);
  void set_limits(const Limits& limits);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace charmux::access
