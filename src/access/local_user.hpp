// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "access/rules.hpp"

namespace charmux::access {

/// Who the user of this machine with that uid is: his name ("uid 1000" where he has none) and his UNIX groups, by the
/// name service. That may have to ask far away (LDAP): blocks, so never on the loop. One that cannot be asked knows
/// nobody.
[[nodiscard]] Person local_user(uid_t uid);

/// His name alone. Blocks likewise, but for those who stand in /etc/passwd.
[[nodiscard]] std::string local_name(uid_t uid);

/// The number of that UNIX group; nullopt: there is none. Blocks likewise.
[[nodiscard]] std::optional<gid_t> local_group(const std::string& name);

}  // namespace charmux::access
