// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/bridge.hpp"

#include <algorithm>

#include "charmux/address/parts.hpp"
#include "config/draft.hpp"
#include "config/settle.hpp"

namespace charmux::config {
namespace {

constexpr Origin kAt{0, 0, "bridge"};

/// What a listener of a bridge cannot have; empty: it has nothing of that.
std::string_view refusal(std::string_view listener) {
  const Result<address::Parts> parts = address::split(listener);
  const auto has = [&](std::string_view name) {
    return parts && std::any_of(parts->options.begin(), parts->options.end(),
                                [&](const address::Option& option) { return option.name == name; });
  };
  if (has("console") || has("ports")) return "a bridge has one console: leave console= and ports= out";
  if (has("tls") || has("user"))
    return "a bridge reads no file, where profiles and users are: leave tls= and user= out";
  return {};
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
    if (const std::string_view why = refusal(listener); !why.empty()) {
      report.add(kAt, fmt::format("{}: {}", listener, why));
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
