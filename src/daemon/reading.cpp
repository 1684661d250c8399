// SPDX-License-Identifier: Apache-2.0
#include "daemon/reading.hpp"

#include <algorithm>

#include "daemon/tls_profiles.hpp"

namespace charmux::daemon {
namespace {

Result<std::vector<frontend::Listeners::Wanted>> listeners_of(const config::Config& config,
                                                              const std::vector<std::string>& open) {
  std::vector<frontend::Listeners::Wanted> all;
  for (const config::Listen& listen : config.listens) {
    all.push_back({{listen, config::naming(listen, config)}, {}});
    if (std::find(open.begin(), open.end(), config::door_text(listen)) != open.end()) continue;
    auto at = frontend::Listeners::places_of(listen, config);
    if (!at) return tl::unexpected(at.error().why);
    all.back().endpoints = std::move(*at);
  }
  return all;
}

}  // namespace

tl::expected<Reading, std::vector<std::string>> read_all(const ReadConfig& read, const std::vector<std::string>& open) {
  auto config = read();
  if (!config) {
    std::vector<std::string> all;
    for (const config::Problem& problem : config.error()) all.push_back(config::to_text(problem));
    return tl::unexpected(all);
  }
  TlsFiles::Looks looks = TlsFiles::looks_of(config->tls);
  auto tls = read_tls(config->tls);
  if (!tls) return tl::unexpected(std::vector<std::string>{tls.error().text});
  auto listeners = listeners_of(*config, open);
  if (!listeners) return tl::unexpected(std::vector<std::string>{listeners.error().text});
  return Reading{std::move(*config), std::move(looks), std::move(*tls), std::move(*listeners)};
}

}  // namespace charmux::daemon
