// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/reload.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "charmux/address/parts.hpp"

namespace charmux::config {
namespace {

class Keeper {
 public:
  template <class T>
  void keep(const T& running, T& wanted, const std::string& key) {
    if (running == wanted) return;
    wanted = running;
    keys_.push_back(key);
  }
  [[nodiscard]] std::vector<std::string> take() { return std::move(keys_); }

 private:
  std::vector<std::string> keys_;
};

/// What consoles and sources were made with.
void keep_limits(const Limits& running, Limits& wanted, Keeper& keeper) {
  keeper.keep(running.input_queue, wanted.input_queue, "limits.input_queue");
  keeper.keep(running.connect_timeout, wanted.connect_timeout, "limits.connect_timeout");
  keeper.keep(running.reopen_first, wanted.reopen_first, "limits.reopen_first");
  keeper.keep(running.reopen_most, wanted.reopen_most, "limits.reopen_most");
  keeper.keep(running.qmp_poll, wanted.qmp_poll, "limits.qmp_poll");
  keeper.keep(running.api_header, wanted.api_header, "limits.api_header");
  keeper.keep(running.api_body, wanted.api_body, "limits.api_body");
  keeper.keep(running.api_request, wanted.api_request, "limits.api_request");
  keeper.keep(running.api_idle, wanted.api_idle, "limits.api_idle");
}

}  // namespace

std::vector<std::string> keep_until_restart(const Config& running, Config& wanted) {
  Keeper keeper;
  keeper.keep(running.state_dir, wanted.state_dir, "state_dir");
  keeper.keep(running.runtime_dir, wanted.runtime_dir, "runtime_dir");
  keeper.keep(running.history.min_rate, wanted.history.min_rate, "history.min_rate");
  keeper.keep(running.history.coalesce, wanted.history.coalesce, "history.coalesce");
  keep_limits(running.limits, wanted.limits, keeper);
  keeper.keep(running.audit, wanted.audit, "[audit]");
  for (Console& each : wanted.consoles) {
    const auto was = std::find_if(running.consoles.begin(), running.consoles.end(),
                                  [&](const Console& other) { return other.name == each.name; });
    if (was == running.consoles.end()) continue;
    const std::string of = " of console " + address::in_quotes(each.name);
    keeper.keep(was->size, each.size, "'size'" + of);
    keeper.keep(was->max_guest_pause, each.max_guest_pause, "'max_guest_pause'" + of);
  }
  return keeper.take();
}

}  // namespace charmux::config
