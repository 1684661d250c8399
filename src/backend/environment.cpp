// SPDX-License-Identifier: Apache-2.0
#include "backend/environment.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace charmux::backend {
namespace {

constexpr std::array<std::string_view, 21> kNotForOthers = {"NOTIFY_SOCKET",
                                                            "LISTEN_FDS",
                                                            "LISTEN_PID",
                                                            "LISTEN_FDNAMES",
                                                            "FDSTORE",
                                                            "STATE_DIRECTORY",
                                                            "CACHE_DIRECTORY",
                                                            "LOGS_DIRECTORY",
                                                            "CONFIGURATION_DIRECTORY",
                                                            "RUNTIME_DIRECTORY",
                                                            "WATCHDOG_PID",
                                                            "WATCHDOG_USEC",
                                                            "INVOCATION_ID",
                                                            "JOURNAL_STREAM",
                                                            "SYSTEMD_EXEC_PID",
                                                            "MEMORY_PRESSURE_WATCH",
                                                            "MEMORY_PRESSURE_WRITE",
                                                            "CREDENTIALS_DIRECTORY",
                                                            "MAINPID",
                                                            "COLUMNS",
                                                            "LINES"};
constexpr std::string_view kTerm = "TERM=";

}  // namespace

std::vector<std::string> child_environment(const char* const* ours) {
  std::vector<std::string> environment;
  bool has_term = false;
  for (; *ours != nullptr; ++ours) {
    const std::string_view variable = *ours;
    const std::string_view name = variable.substr(0, variable.find('='));
    if (std::find(kNotForOthers.begin(), kNotForOthers.end(), name) != kNotForOthers.end()) continue;
    if (variable == "TERM=" || variable == "TERM=dumb") continue;
    has_term = has_term || variable.starts_with(kTerm);
    environment.emplace_back(variable);
  }
  if (!has_term) environment.emplace_back("TERM=vt220");
  return environment;
}

}  // namespace charmux::backend
