// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/command_line.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace charmux;
using namespace charmux::config;

namespace {

Result<CommandLine> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "charmuxd");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

std::string why(std::vector<const char*> arguments) {
  const Result<CommandLine> line = parse(std::move(arguments));
  return line ? "was accepted" : line.error().text;
}

}  // namespace

TEST_CASE("a command line without arguments, or without even a name, asks for nothing") {
  const Result<CommandLine> line = parse({});
  REQUIRE(line);
  CHECK_FALSE(line->config_file);
  CHECK_FALSE(line->state_dir);
  CHECK_FALSE(line->runtime_dir);
  CHECK_FALSE(line->log_level);
  CHECK_FALSE(line->check_config);
  CHECK_FALSE(line->help);
  CHECK_FALSE(line->version);
  CHECK(line->consoles.empty());
  CHECK(line->listens.empty());
  const char* const none[] = {nullptr};
  CHECK(parse_command_line(0, none));
}

TEST_CASE("every option is read, its value behind a space or a '='") {
  const Result<CommandLine> line = parse({"--config", "a.toml", "--check-config", "--state-dir=/s", "--runtime-dir",
                                          "/r", "--log-level", "debug", "--help", "--version"});
  REQUIRE(line);
  CHECK(line->config_file == "a.toml");
  CHECK(line->check_config);
  CHECK(line->state_dir == "/s");
  CHECK(line->runtime_dir == "/r");
  CHECK(line->log_level == LogLevel::debug);
  CHECK(line->help);
  CHECK(line->version);
  CHECK(parse({"--log-level", "error"})->log_level == LogLevel::error);
  CHECK(parse({"--log-level", "warn"})->log_level == LogLevel::warn);
  CHECK(parse({"--log-level", "info"})->log_level == LogLevel::info);
}

TEST_CASE("consoles and listeners are kept in order and untouched, one a time") {
  const Result<CommandLine> line =
      parse({"--console", "[a,b]=tcp:[::1]:1,x", "--listen", "{}", "--console=b=c=unix:/x", "--listen", "raw:@%%"});
  REQUIRE(line);
  CHECK(line->consoles == std::vector<std::string>{"[a,b]=tcp:[::1]:1,x", "b=c=unix:/x"});
  CHECK(line->listens == std::vector<std::string>{"{}", "raw:@%%"});
  CHECK(why({"--console", "a=pty:/1", "b=pty:/2"}) ==
        "unexpected argument 'b=pty:/2': an address stands behind --libvirt, --qmp, --console or --listen");
}

TEST_CASE("sockets that a shell made of a glob are taken behind --qmp, as many as there are, and nowhere else") {
  const Result<CommandLine> line =
      parse({"--qmp", "/run/a.qmp", "/run/b.qmp", "/run/c=d.qmp", "--listen", "raw:@x", "--qmp=/run/*.qmp", "/run/e"});
  REQUIRE(line);
  CHECK(line->qmps == std::vector<std::string>{"/run/a.qmp", "/run/b.qmp", "/run/c=d.qmp", "/run/*.qmp", "/run/e"});
  CHECK(line->listens == std::vector<std::string>{"raw:@x"});
  const std::string stray = "an address stands behind --libvirt, --qmp, --console or --listen";
  CHECK(why({"--qmp", "/run/a", "run/b"}) == "unexpected argument 'run/b': " + stray);
  CHECK(why({"--listen", "raw:@x", "/run/b"}) == "unexpected argument '/run/b': " + stray);
  CHECK(why({"--qmp", "/run/a", "--check-config", "/run/b"}) == "unexpected argument '/run/b': " + stray);
  CHECK(why({"/run/b", "--qmp", "/run/a"}) == "unexpected argument '/run/b': " + stray);
  CHECK(why({"--qmp"}) == "--qmp needs a value: see charmuxd --help");
  CHECK(why({"--qmp", "--listen", "raw:@x"}) == "--qmp needs a value: see charmuxd --help");
  CHECK(why({"--qmp="}) == "--qmp needs a value: see charmuxd --help");
}

TEST_CASE("libvirt URIs are kept in order and untouched, one a time") {
  const Result<CommandLine> line = parse({"--libvirt", "qemu:///system", "--libvirt=qemu+tcp://hv7/system?a=b"});
  REQUIRE(line);
  CHECK(line->libvirts == std::vector<std::string>{"qemu:///system", "qemu+tcp://hv7/system?a=b"});
  CHECK(why({"--libvirt"}) == "--libvirt needs a value: see charmuxd --help");
  CHECK(why({"--libvirt", "qemu:///system", "qemu:///session"}) ==
        "unexpected argument 'qemu:///session': an address stands behind --libvirt, --qmp, --console or --listen");
}

TEST_CASE("an unknown option is refused with the nearest known one") {
  CHECK(why({"--consle", "c1=unix:/x"}) == "unknown option '--consle': did you mean '--console'?");
  CHECK(why({"--listn=raw:/x"}) == "unknown option '--listn': did you mean '--listen'?");
  CHECK(why({"-h"}) == "unknown option '-h': see charmuxd --help");
  CHECK(why({"start"}) ==
        "unexpected argument 'start': an address stands behind --libvirt, --qmp, --console or --listen");
  CHECK(why({"--x\x1b"}) == "unknown option '--x\\x1b': see charmuxd --help");
}

TEST_CASE("a value that is missing, given twice, not wanted or unknown is refused") {
  CHECK(why({"--config"}) == "--config needs a value: see charmuxd --help");
  CHECK(why({"--console="}) == "--console needs a value: see charmuxd --help");
  CHECK(why({"--config", ""}) == "--config needs a value: see charmuxd --help");
  CHECK(why({"--config", "--check-config"}) == "--config needs a value: see charmuxd --help");
  CHECK(why({"--listen", "--console", "c1=unix:/x"}) == "--listen needs a value: see charmuxd --help");
  CHECK(why({"--config", "a", "--config", "b"}) == "--config is given 2 times: keep one");
  CHECK(why({"--state-dir=/a", "--state-dir=/b"}) == "--state-dir is given 2 times: keep one");
  CHECK(why({"--check-config=no"}) == "--check-config takes no value");
  CHECK(why({"--help=x"}) == "--help takes no value");
  CHECK(why({"--log-level", "loud"}) == "--log-level 'loud' is not a level: use error, warn, info or debug");
}

TEST_CASE("the help fits a screen of 24 lines by 80 columns and shows an example") {
  const std::string help = parse({})->help_text;
  CHECK(std::count(help.begin(), help.end(), '\n') <= 23);  // the prompt has the last one
  for (std::size_t start = 0; start < help.size(); start = help.find('\n', start) + 1)
    CHECK(help.find('\n', start) - start <= 79);
  for (const char* const option :
       {"--config FILE", "--check-config", "--state-dir DIR", "--runtime-dir DIR", "--log-level", "--libvirt URI",
        "--qmp SOCKET|GLOB", "--console NAME=ADDRESS", "--listen ADDRESS", "--help", "--version"})
    CHECK(help.find(option) != std::string::npos);
  CHECK(help.find("--listen telnet:127.0.0.1:2300") != std::string::npos);
}
