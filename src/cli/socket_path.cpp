// SPDX-License-Identifier: Apache-2.0
#include "cli/socket_path.hpp"

#include <unistd.h>

#include <cstdlib>

namespace charmux::cli {

std::string socket_path(const std::optional<std::string>& given,
                        const std::function<const char*(const char*)>& variable,
                        const std::function<bool(const std::string&)>& exists) {
  const auto value_of = [&](const char* name) -> std::string {
    const char* const value = variable(name);
    return value == nullptr ? "" : value;
  };
  if (given) return *given;
  if (std::string named = value_of("CHARMUX_SOCKET"); !named.empty()) return named;
  if (const std::string runtime = value_of("XDG_RUNTIME_DIR"); !runtime.empty())
    if (std::string own = runtime + "/charmux/control.sock"; exists(own)) return own;
  return "/run/charmux/control.sock";
}

std::string socket_path(const std::optional<std::string>& given) {
  return socket_path(
      given, [](const char* name) { return std::getenv(name); },
      [](const std::string& path) { return ::access(path.c_str(), F_OK) == 0; });
}

}  // namespace charmux::cli
