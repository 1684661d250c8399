// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace charmux::config {

/// What a configuration depends on beside file and command line. Read once by the program's root and passed in, so that
/// everything else is a function of its arguments.
struct Environment {
  bool root = false;
  std::optional<std::string> state_directory;    ///< $STATE_DIRECTORY (systemd.exec(5)): a colon-separated list
  std::optional<std::string> runtime_directory;  ///< $RUNTIME_DIRECTORY, likewise
  std::optional<std::string> xdg_state_home;     ///< $XDG_STATE_HOME (XDG Base Directory Specification)
  std::optional<std::string> xdg_runtime_dir;    ///< $XDG_RUNTIME_DIR
  std::optional<std::string> home;               ///< $HOME
  std::string default_file = "/etc/charmux/charmux.toml";  ///< read when it exists and no --config is given

  /// That of this process. getenv: before any thread is started.
  [[nodiscard]] static Environment of_process();
};

/// Where state and the control socket go unless file or command line say otherwise: root's fixed places, else
/// systemd's, else XDG's. Values that are empty or not absolute count as unset. Empty: there is no such place.
[[nodiscard]] std::string default_state_dir(const Environment& environment);
[[nodiscard]] std::string default_runtime_dir(const Environment& environment);

}  // namespace charmux::config
