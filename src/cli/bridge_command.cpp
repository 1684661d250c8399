// SPDX-License-Identifier: Apache-2.0
// bridge: from its arguments to a configuration to a Bridge to an exit code.
#include <unistd.h>

#include <cstdio>

#include "charmux/base/open_files.hpp"
#include "charmux/config/bridge.hpp"
#include "cli/bridge.hpp"
#include "cli/command.hpp"
#include "cli/signal_queue.hpp"

namespace charmux::cli {
namespace {

/// All that is wrong, a line each: all but the last are told here.
tl::unexpected<Failure> refused(const std::vector<config::Problem>& problems) {
  for (std::size_t i = 0; i + 1 < problems.size(); ++i)
    std::fprintf(stderr, "charmux: %s\n", config::to_text(problems[i]).c_str());
  return stop(kUsage, "{}", config::to_text(problems.back()));
}

}  // namespace

Outcome<void> bridge(const Arguments& arguments, ApiClient&) {
  fill_standard_descriptors();
  const std::vector<std::string>& words = arguments.operands;
  const auto config = config::bridge_config(words.front(), std::span(words).subspan(1));
  if (!config) return refused(config.error());
  Log log(LogLevel::info, LogForm::person);
  Outcome<void> ended;
  {
    Bridge bridge(*config, {arguments.once, arguments.verbose}, log);
    ended = bridge.run();
    if (const auto signal = bridge.cut_short_by()) end_by(*signal);
    if (bridge.has_pending_work()) ::_exit(ended ? kDone : ended.error().code);
  }
  return ended;
}

}  // namespace charmux::cli
