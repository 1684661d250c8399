// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "charmux/config/load.hpp"

namespace charmux::config {

/// root's environment: both directories have their fixed defaults.
inline Environment root() {
  Environment environment;
  environment.root = true;
  return environment;
}

/// A command line of consoles and listeners.
inline CommandLine with(std::vector<std::string> consoles, std::vector<std::string> listens = {}) {
  CommandLine line;
  line.consoles = std::move(consoles);
  line.listens = std::move(listens);
  return line;
}

/// A command line of guests to discover, and listeners.
inline CommandLine found(std::vector<std::string> qmps, std::vector<std::string> listens = {}) {
  CommandLine line;
  line.qmps = std::move(qmps);
  line.listens = std::move(listens);
  return line;
}

/// A command line of libvirt URIs.
inline CommandLine hypervisors(std::vector<std::string> uris) {
  CommandLine line;
  line.libvirts = std::move(uris);
  return line;
}

/// What is wrong with the file "f" and the command line, a line each; "ok" if nothing is.
inline std::string problems(std::string_view text, const CommandLine& line = with({"c1=pty:/dev/pts/3"})) {
  const auto config = parse_toml(text, "f", line, root());
  if (config) return "ok";
  std::string all;
  for (const Problem& problem : config.error()) all += (all.empty() ? "" : "\n") + to_text(problem);
  return all;
}

}  // namespace charmux::config
