// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/environment.hpp"

#include <unistd.h>

#include <cstdlib>

namespace charmux::config {
namespace {

std::optional<std::string> variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

std::string first_of(const std::optional<std::string>& list) {
  if (!list || list->empty() || (*list)[0] != '/') return {};
  return list->substr(0, list->find(':'));
}

std::string under(const std::optional<std::string>& directory, const char* behind) {
  return directory && !directory->empty() && (*directory)[0] == '/' ? *directory + behind : std::string();
}

}  // namespace

Environment Environment::of_process() {
  Environment environment;
  environment.root = ::geteuid() == 0;
  environment.state_directory = variable("STATE_DIRECTORY");
  environment.runtime_directory = variable("RUNTIME_DIRECTORY");
  environment.xdg_state_home = variable("XDG_STATE_HOME");
  environment.xdg_runtime_dir = variable("XDG_RUNTIME_DIR");
  environment.home = variable("HOME");
  return environment;
}

std::string default_state_dir(const Environment& environment) {
  if (environment.root) return "/var/lib/charmux";
  if (std::string given = first_of(environment.state_directory); !given.empty()) return given;
  if (std::string xdg = under(environment.xdg_state_home, "/charmux"); !xdg.empty()) return xdg;
  return under(environment.home, "/.local/state/charmux");
}

std::string default_runtime_dir(const Environment& environment) {
  if (environment.root) return "/run/charmux";
  if (std::string given = first_of(environment.runtime_directory); !given.empty()) return given;
  return under(environment.xdg_runtime_dir, "/charmux");
}

}  // namespace charmux::config
