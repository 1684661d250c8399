// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "given.hpp"

using namespace charmux;
using namespace charmux::config;

namespace {

constexpr std::string_view kBoth = "state_dir = \"/file/state\"\nruntime_dir = \"/file/run\"\n";

Config good(std::string_view text, const CommandLine& line, const Environment& environment) {
  const auto config = parse_toml(text, "f", line, environment);
  REQUIRE(config);
  return *config;
}

std::string all_problems(const CommandLine& line, const Environment& environment, std::string_view text = "") {
  const auto config = parse_toml(text, "f", line, environment);
  if (config) return "ok";
  std::string all;
  for (const Problem& problem : config.error()) all += (all.empty() ? "" : "\n") + to_text(problem);
  return all;
}

}  // namespace

TEST_CASE("root has fixed directories, whatever the environment says") {
  Environment environment = root();
  environment.state_directory = "/systemd/state";
  environment.xdg_runtime_dir = "/xdg/run";
  CHECK(default_state_dir(environment) == "/var/lib/charmux");
  CHECK(default_runtime_dir(environment) == "/run/charmux");
}

TEST_CASE("without root, systemd's directories go before XDG's, and only the first of a list counts") {
  Environment environment;
  environment.home = "/home/u";
  CHECK(default_state_dir(environment) == "/home/u/.local/state/charmux");
  CHECK(default_runtime_dir(environment).empty());
  environment.xdg_state_home = "/xdg/state";
  environment.xdg_runtime_dir = "/xdg/run";
  CHECK(default_state_dir(environment) == "/xdg/state/charmux");
  CHECK(default_runtime_dir(environment) == "/xdg/run/charmux");
  environment.state_directory = "/systemd/state:/systemd/more";
  environment.runtime_directory = "/systemd/run:/systemd/more";
  CHECK(default_state_dir(environment) == "/systemd/state");
  CHECK(default_runtime_dir(environment) == "/systemd/run");
}

TEST_CASE("an empty or relative value in the environment counts as unset") {
  Environment environment;
  environment.state_directory = "";
  environment.xdg_state_home = "relative";
  environment.home = "/home/u";
  environment.runtime_directory = "relative";
  environment.xdg_runtime_dir = "";
  CHECK(default_state_dir(environment) == "/home/u/.local/state/charmux");
  CHECK(default_runtime_dir(environment).empty());
}

TEST_CASE("the command line's directories go before the file's, the file's before the default") {
  CommandLine line = with({"c1=pty:/dev/pts/3"});
  CHECK(good("", line, root()).state_dir == "/var/lib/charmux");
  CHECK(good("", line, root()).runtime_dir == "/run/charmux");
  CHECK(good(kBoth, line, root()).state_dir == "/file/state");
  CHECK(good(kBoth, line, root()).runtime_dir == "/file/run");
  CHECK(good(kBoth, line, Environment{}).state_dir == "/file/state");
  line.state_dir = "/line/state";
  line.runtime_dir = "/line/run";
  CHECK(good(kBoth, line, root()).state_dir == "/line/state");
  CHECK(good(kBoth, line, root()).runtime_dir == "/line/run");
}

TEST_CASE("where no directory is to be found, what to set is said") {
  CHECK(all_problems(with({"c1=pty:/dev/pts/3"}), Environment{}) ==
        "no directory for histories: set $STATE_DIRECTORY, $XDG_STATE_HOME or $HOME to an absolute path, or give "
        "--state-dir DIR\n"
        "no runtime directory: set $RUNTIME_DIRECTORY or $XDG_RUNTIME_DIR to an absolute path, or give "
        "--runtime-dir DIR");
}

TEST_CASE("a relative directory is refused where it was given, without a second complaint that there is none") {
  CommandLine line = with({"c1=pty:/dev/pts/3"});
  line.state_dir = "s";
  line.runtime_dir = "./r";
  CHECK(all_problems(line, Environment{}) ==
        "--state-dir: 's' is not an absolute path: write one that begins with '/'\n"
        "--runtime-dir: './r' is not an absolute path: write one that begins with '/'");
  CHECK(all_problems(with({"c1=pty:/dev/pts/3"}), Environment{}, "state_dir = \"s\"\nruntime_dir = \"\"") ==
        "f:1:13: 'state_dir' must be an absolute path, not 's': write one that begins with '/'\n"
        "f:2:15: 'runtime_dir' must be an absolute path, not '': write one that begins with '/'");
  CHECK(all_problems(with({"c1=pty:/dev/pts/3"}), root(), "state_dir = \"/a\\u0000b\"") ==
        "f:1:13: 'state_dir' must be an absolute path, not '/a\\x00b': write one that begins with '/'");
}

TEST_CASE("a runtime directory in which control.sock would have too long a path is refused") {
  CommandLine line = with({"c1=pty:/dev/pts/3"});
  line.runtime_dir = "/" + std::string(93, 'x');
  CHECK(all_problems(line, root()) == "ok");
  *line.runtime_dir += 'x';
  CHECK(all_problems(line, root()) ==
        "--runtime-dir: runtime directory '" + *line.runtime_dir +
            "' has 95 bytes: control.sock in it would be longer than a UNIX socket's path "
            "may be; use one of at most 94");
}

TEST_CASE("the log level is the command line's, info unless given") {
  CommandLine line = with({"c1=pty:/dev/pts/3"});
  CHECK(good("", line, root()).log_level == LogLevel::info);
  line.log_level = LogLevel::debug;
  CHECK(good("", line, root()).log_level == LogLevel::debug);
}
