// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace charmux::cli {

/// Where charmuxd's control socket is: what --socket says, else $CHARMUX_SOCKET, else the one in $XDG_RUNTIME_DIR if
/// there is one, else /run/charmux/control.sock. Empty variables are as if unset. `variable` looks up the environment,
/// `exists` a path.
[[nodiscard]] std::string socket_path(const std::optional<std::string>& given,
                                      const std::function<const char*(const char*)>& variable,
                                      const std::function<bool(const std::string&)>& exists);
/// The same in this process's environment.
[[nodiscard]] std::string socket_path(const std::optional<std::string>& given);

}  // namespace charmux::cli
