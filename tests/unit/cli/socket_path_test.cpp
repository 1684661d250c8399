// SPDX-License-Identifier: Apache-2.0
#include "cli/socket_path.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace charmux::cli;

namespace {

std::string chosen(const std::optional<std::string>& given, const std::map<std::string, std::string>& variables,
                   bool exists) {
  return socket_path(
      given,
      [&](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
      },
      [&](const std::string&) { return exists; });
}

}  // namespace

TEST_CASE("the socket is the one that is named first: option, variable, one's own daemon, the system's") {
  const std::map<std::string, std::string> all = {{"CHARMUX_SOCKET", "/named"}, {"XDG_RUNTIME_DIR", "/run/user/7"}};
  const std::map<std::string, std::string> own = {{"CHARMUX_SOCKET", ""}, {"XDG_RUNTIME_DIR", "/run/user/7"}};
  CHECK(chosen("/given", all, true) == "/given");
  CHECK(chosen(std::nullopt, all, true) == "/named");
  CHECK(chosen(std::nullopt, own, true) == "/run/user/7/charmux/control.sock");
  CHECK(chosen(std::nullopt, own, false) == "/run/charmux/control.sock");
  CHECK(chosen(std::nullopt, {}, true) == "/run/charmux/control.sock");
}
