// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "charmux/config/load.hpp"
#include "daemon/tls_files.hpp"
#include "frontend/listeners.hpp"
#include "net/tls_context.hpp"

namespace charmux::daemon {

/// Reads the configuration as it was read at the start. Blocks.
using ReadConfig = std::function<tl::expected<config::Config, std::vector<config::Problem>>()>;

/// All that a reload has to read, and to ask the name service: what the loop's thread can go by.
struct Reading {
  config::Config config;
  TlsFiles::Looks looks;  ///< of the files of `tls`
  std::map<std::string, net::TlsContext> tls;
  std::vector<frontend::Listeners::Wanted> listeners;
};

/// `open`: the listeners that are open already, as config::door_text() has them: where they lead to is not asked.
/// Blocks. Errors: all that is wrong with the file, or the first of the rest, a sentence each.
[[nodiscard]] tl::expected<Reading, std::vector<std::string>> read_all(const ReadConfig& read,
                                                                       const std::vector<std::string>& open);

}  // namespace charmux::daemon
