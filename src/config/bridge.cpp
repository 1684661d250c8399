// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/bridge.hpp"

#include <algorithm>

#include "charmux/address/parts.hpp"
#include "config/draft.hpp"
#include "config/settle.hpp"

namespace charmux::config {
namespace {

constexpr Origin kAt{0, 0, "bridge"};

/// Whether the listener says which console it is for.
bool chooses(std::string_view listener) {
  const Result<address::Parts> parts = address::split(listener);
  return parts && std::any_of(parts->options.begin(), parts->options.end(), [](const address::Option& option) {
           return option.name == "console" || option.name == "ports";
         });
}

}  // namespace

tl::expected<Config, std::vector<Problem>> bridge_config(std::string_view backend,
                                                         std::span<const std::string> listeners) {
  Report report({});
  Config config;
  Console console{"bridge", {}, config.history.size, config.history.replay};
  console.max_guest_pause = config.history.max_guest_pause;
  if (const Result<address::Backend> parsed = address::parse_backend(backend)) {
    console.name = address::to_text(*parsed);
    console.backend = *parsed;
  } else {
    report.add(kAt, fmt::format("{}: {}", backend, parsed.error().text));
  }
  config.consoles.push_back(console);

  Draft draft;
  for (const std::string& listener : listeners) {
    if (chooses(listener)) {
      report.add(kAt, fmt::format("{}: a bridge has one console: leave console= and ports= out", listener));
      continue;
    }
    draft.listens.push_back(
        read_listen(kAt, {{"address", kAt, listener, kAt}, {"console", kAt, console.name, kAt}}, report));
  }
  settle_listens(draft, config, report);
  if (!report.empty()) return tl::unexpected(report.take());
  return config;
}

}  // namespace charmux::config
