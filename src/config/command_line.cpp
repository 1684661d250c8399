// SPDX-License-Identifier: Apache-2.0
#include "charmux/config/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "charmux/address/parts.hpp"
#include "charmux/base/text.hpp"

namespace charmux::config {
namespace {

using address::in_quotes;

constexpr std::string_view kHelp = R"(charmuxd: one serial console, many viewers

  charmuxd [--libvirt URI]... [--qmp SOCKET]... [--console NAME=ADDRESS]...
           [--listen ADDRESS]...

  --config FILE           read FILE, not /etc/charmux/charmux.toml
  --check-config          say what is wrong with the configuration, and exit
  --state-dir DIR         keep histories, names and numbers in DIR
  --runtime-dir DIR       put the control socket into DIR
  --log-level LEVEL       error, warn, info or debug; info unless given
  --libvirt URI           its guests; qemu:///system if no source is given
  --qmp SOCKET|GLOB       QEMU guests whose monitor (-qmp) is there, or comes
  --console NAME=ADDRESS  a console and where its bytes come from:
                          pty:/PATH, unix:/PATH, unix:@NAME or tcp:HOST:PORT
  --listen ADDRESS        where clients come in: telnet: or raw:, then
                          HOST:PORT, /PATH or @NAME, then ,console=NAME or
                          (telnet) nothing: a menu; HOST,ports=LOW-HIGH: all
  --help, --version       print this, or the version, and exit

Example: every guest, by name in a menu, and each at its own port:

  charmuxd --qmp '/run/qemu/*.qmp' --listen telnet:127.0.0.1:2300 \
           --listen telnet:127.0.0.1,ports=7001-7999
)";

constexpr std::array<std::string_view, 4> kLevelNames = {"error", "warn", "info", "debug"};
constexpr std::array<LogLevel, 4> kLevels = {LogLevel::error, LogLevel::warn, LogLevel::info, LogLevel::debug};

constexpr std::array<std::string_view, 3> kFlags = {"--check-config", "--help", "--version"};
constexpr std::array<std::string_view, 8> kValued = {"--config",  "--state-dir", "--runtime-dir", "--log-level",
                                                     "--libvirt", "--qmp",       "--console",     "--listen"};
/// Those that may stand any number of times.
constexpr std::array<std::string_view, 4> kRepeated = {"--libvirt", "--qmp", "--console", "--listen"};

/// What was given under one option's name, in order.
using Given = std::vector<std::string>;

void declare(CLI::App& app) {
  app.set_help_flag();  // its own would print a page of its own making
  app.allow_extras();
  for (const std::string_view name : kFlags) app.add_flag(std::string(name));
  for (const std::string_view name : kValued)
    app.add_option(std::string(name))->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

Status check_extras(const Given& extras) {
  if (extras.empty()) return {};
  const std::string name = extras[0].substr(0, extras[0].find('='));
  if (name.empty() || name[0] != '-')
    return failure("unexpected argument {}: an address stands behind --libvirt, --qmp, --console or --listen",
                   in_quotes(extras[0]));
  std::vector<std::string_view> known(kValued.begin(), kValued.end());
  known.insert(known.end(), kFlags.begin(), kFlags.end());
  const std::string_view near = nearest(name, known);
  if (near.empty()) return failure("unknown option {}: see charmuxd --help", in_quotes(name));
  return failure("unknown option {}: did you mean {}?", in_quotes(name), in_quotes(near));
}

/// An option swallows whatever stands behind it; another option's name there means that its own value was forgotten.
Status check_values(std::string_view name, const Given& values) {
  for (const std::string& value : values)
    if (value.empty() || value.rfind("--", 0) == 0) return failure("{} needs a value: see charmuxd --help", name);
  if (values.size() > 1 && std::find(kRepeated.begin(), kRepeated.end(), name) == kRepeated.end())
    return failure("{} is given {} times: keep one", name, values.size());
  return {};
}

Status read_log_level(const Given& values, CommandLine& into) {
  if (values.empty()) return {};
  const auto* const found = std::find(kLevelNames.begin(), kLevelNames.end(), values[0]);
  if (found == kLevelNames.end())
    return failure("--log-level {} is not a level: use {}", in_quotes(values[0]), either_of(kLevelNames));
  into.log_level = kLevels[static_cast<std::size_t>(found - kLevelNames.begin())];
  return {};
}

Result<CommandLine> read(const CLI::App& app) {
  CommandLine line;
  line.help_text = kHelp;
  const auto values = [&](std::string_view name) { return app.get_option(std::string(name))->results(); };
  for (const std::string_view name : kValued)
    if (const Status good = check_values(name, values(name)); !good) return tl::unexpected(good.error());
  if (const Status extras = check_extras(app.remaining()); !extras) return tl::unexpected(extras.error());
  for (const std::string_view name : kFlags)
    for (const std::string& value : values(name))
      if (value != "true") return failure("{} takes no value", name);
  const auto one = [&](std::string_view name) {
    const Given given = values(name);
    return given.empty() ? std::nullopt : std::optional<std::string>(given[0]);
  };
  line.config_file = one("--config");
  line.state_dir = one("--state-dir");
  line.runtime_dir = one("--runtime-dir");
  line.libvirts = values("--libvirt");
  line.qmps = values("--qmp");
  line.consoles = values("--console");
  line.listens = values("--listen");
  line.check_config = !values("--check-config").empty();
  line.help = !values("--help").empty();
  line.version = !values("--version").empty();
  if (const Status level = read_log_level(values("--log-level"), line); !level) return tl::unexpected(level.error());
  return line;
}

/// The arguments in order; a shell's `--qmp /run/a.qmp /run/b.qmp` as the two options that it stands for.
Given arguments_of(int argc, const char* const* argv) {
  Given arguments;
  for (int i = 1; i < argc; ++i) {
    arguments.emplace_back(argv[i]);
    if (arguments.back() == "--qmp" && i + 1 < argc)
      arguments.emplace_back(argv[++i]);
    else if (arguments.back().rfind("--qmp=", 0) != 0)
      continue;
    while (i + 1 < argc && argv[i + 1][0] == '/') {
      arguments.emplace_back("--qmp");
      arguments.emplace_back(argv[++i]);
    }
  }
  return arguments;
}

}  // namespace

Result<CommandLine> parse_command_line(int argc, const char* const* argv) {
  Given arguments = arguments_of(argc, argv);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  const std::string last = arguments.empty() ? std::string() : arguments.front();
  try {
    CLI::App app;
    declare(app);
    app.parse(arguments);
    return read(app);
  } catch (const CLI::ArgumentMismatch&) {
    // Thrown only where the arguments end before an option's value.
    return failure("{} needs a value: see charmuxd --help", last.substr(0, last.find('=')));
  } catch (const std::exception& error) {
    return failure("{}: see charmuxd --help", error.what());
  }
}

}  // namespace charmux::config
