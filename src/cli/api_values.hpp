// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "charmux/base/result.hpp"

/// What the local API says (docs/api.md), out of its JSON. A key that is missing or of another kind reads as empty, so
/// that a charmuxd of another version is understood as far as it goes. Error: not JSON, or not the kind of document.
namespace charmux::cli {

/// A number as it is shown; empty where there is none.
using Shown = std::string;

struct ViewerInfo {
  std::string user, from, door, mode, since;
  Shown lag, skipped;
};

struct ConsoleInfo {
  std::string name, backend, state, reason, writer;
  std::string last_output;  ///< as the API has it; empty: none
  Shown number, ports, viewer_count;
  std::optional<std::uint64_t> offset;
  std::vector<ViewerInfo> viewers;  ///< where one console was asked for
  [[nodiscard]] bool watched() const { return viewer_count != "0" && !viewer_count.empty(); }
};

struct DaemonInfo {
  struct Listener {
    std::string address, serves;
  };
  struct Source {
    std::string address, state;
  };
  std::string version, since;
  Shown pid, consoles, viewers;
  std::vector<Listener> listeners;
  std::vector<Source> sources;
};

/// What an error answer says; empty where it says nothing.
struct FaultInfo {
  std::string error, hint;
};

[[nodiscard]] Result<std::vector<ConsoleInfo>> parse_consoles(std::string_view json);
[[nodiscard]] Result<ConsoleInfo> parse_console(std::string_view json);
[[nodiscard]] Result<DaemonInfo> parse_daemon(std::string_view json);
[[nodiscard]] FaultInfo parse_fault(std::string_view json);

}  // namespace charmux::cli
