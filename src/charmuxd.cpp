// SPDX-License-Identifier: Apache-2.0
// charmuxd: the daemon. From its arguments to a configuration to a Daemon to an exit code.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "charmux/base/open_files.hpp"
#include "charmux/base/version.hpp"
#include "charmux/config/load.hpp"
#include "daemon/daemon.hpp"
#include "daemon/journald.hpp"

using namespace charmux;

namespace {

int bad_usage(const std::string& text) {
  std::fprintf(stderr, "charmuxd: %s\n", text.c_str());
  return daemon::kBadConfiguration;
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
  const Result<config::CommandLine> line = config::parse_command_line(argc, argv);
  if (!line) return bad_usage(line.error().text);
  if (line->help) return std::fputs(line->help_text.c_str(), stdout) < 0 ? 1 : 0;
  if (line->version) return std::printf("charmuxd %s\n", std::string(version()).c_str()) < 0 ? 1 : 0;

  const config::Environment environment = config::Environment::of_process();
  const auto config = config::load(*line, environment);
  if (!config) {
    for (const config::Problem& problem : config.error())
      std::fprintf(stderr, "%s\n", config::to_text(problem).c_str());
    return daemon::kBadConfiguration;
  }
  if (line->check_config) return std::puts("ok") < 0 ? 1 : 0;

  const auto journald = daemon::Journald::behind(STDERR_FILENO, std::getenv("JOURNAL_STREAM"));
  Log log(config->log_level, LogForm::journal, journald.get());
  int code = daemon::kStopped;
  {
    daemon::Daemon daemon(*config, log, [&] { return config::load(*line, environment); });
    code = daemon.run();
    if (daemon.has_pending_work()) ::_exit(code);
  }
  return code;
}
