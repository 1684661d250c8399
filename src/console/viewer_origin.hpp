// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace charmux::console {

/// Who somebody is and how they came in, for people.
struct ViewerOrigin {
  std::string from;                 ///< "127.0.0.1:40312", "uid 0"
  std::string door;                 ///< "telnet:127.0.0.1:7001"
  std::optional<std::string> user;  ///< where it is known

  /// Its user, or where it comes from.
  [[nodiscard]] const std::string& who() const { return user ? *user : from; }
};

}  // namespace charmux::console
