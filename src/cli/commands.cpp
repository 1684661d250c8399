// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string_view>

#include "charmux/base/text.hpp"
#include "charmux/base/version.hpp"
#include "cli/bridge_help.hpp"
#include "cli/command.hpp"
#include "cli/socket_path.hpp"

namespace charmux::cli {
namespace {

constexpr std::string_view kHelp =
    "charmux: the client of charmuxd\n"
    "\n"
    "  charmux ls [--json]                          the consoles\n"
    "  charmux who [NAME] [--json]                  who is at which console\n"
    "  charmux status [--json]                      charmuxd itself\n"
    "  charmux attach NAME [--watch|--force] [-e CHAR]\n"
    "                           a session at a console; ^] leaves it, or -e's CHAR\n"
    "  charmux tail NAME [-n LINES] [-f] [--since OFFSET]\n"
    "                           what it printed last, or since; -f goes on\n"
    "  charmux break NAME                           send its guest a break\n"
    "  charmux down NAME                            leave its device to others\n"
    "  charmux reopen NAME [--force]                open it; --force: despite virsh\n"
    "  charmux reload                               read the configuration again\n"
    "  charmux bridge BACKEND LISTENER... [--once] [-v]\n"
    "                           share a chardev without charmuxd, as socat would\n"
    "  charmux passwd [NAME]                        a user's password for the file\n"
    "  charmux help | --help | --version            this text; the version\n"
    "\n"
    "  --socket PATH   charmuxd's control socket; unless given $CHARMUX_SOCKET, else\n"
    "                  control.sock in $XDG_RUNTIME_DIR/charmux or in /run/charmux\n"
    "\n"
    "Exit codes: 0, 1 no password (passwd), 64 wrong usage, 68 no such console,\n"
    "69 no charmuxd, 75 busy, 77 not allowed.\n";

constexpr std::string_view kPasswdHelp =
    "\n"
    "Asks for a password twice, without showing it, or reads one line of stdin where\n"
    "that is no terminal. Prints the line for the configuration file (yescrypt), with\n"
    "NAME a whole [[user]]. Asks no charmuxd, and changes no file.\n"
    "\n"
    "Exit codes: 0, 1 that is no password, or the two differ, 64 wrong usage.\n";

struct Entry {
  Grammar grammar;
  std::string_view usage;
  Command command;
  std::string_view more = {};  ///< of its help
};
constexpr std::array<Entry, 11> kCommands = {
    {{{"ls", "j", 0, 0}, "ls [--json]", ls},
     {{"who", "j", 0, 1}, "who [NAME] [--json]", who},
     {{"status", "j", 0, 0}, "status [--json]", status},
     {{"attach", "wfe", 1, 1}, "attach NAME [--watch|--force] [-e CHAR]", attach},
     {{"tail", "nFs", 1, 1}, "tail NAME [-n LINES] [-f] [--since OFFSET]", tail},
     {{"break", "", 1, 1}, "break NAME", send_break},
     {{"down", "", 1, 1}, "down NAME", down},
     {{"reopen", "f", 1, 1}, "reopen NAME [--force]", reopen},
     {{"reload", "", 0, 0}, "reload", reload},
     {{"bridge", "ov", 2, SIZE_MAX, "a BACKEND and at least one LISTENER; see `charmux bridge --help`", false},
      "bridge BACKEND LISTENER... [--once] [-v]",
      bridge,
      kBridgeHelp},
     {{"passwd", "", 0, 1, "the name of a user", false}, "passwd [NAME]", passwd, kPasswdHelp}}};

/// Commands of a later version, by the contract refused by name.
constexpr std::array<std::string_view, 5> kLater = {"send", "log", "cast", "doctor", "completion"};

tl::unexpected<Failure> unknown(const std::string& word) {
  std::array<std::string_view, kCommands.size()> names{};
  std::transform(kCommands.begin(), kCommands.end(), names.begin(),
                 [](const Entry& entry) { return entry.grammar.command; });
  const std::string_view near = nearest(word, names);
  const char* const kind = word.starts_with("-") ? "option" : "command";
  if (near.empty()) return stop(kUsage, "unknown {} '{}'; see `charmux --help`", kind, printable(word));
  return stop(kUsage, "unknown {} '{}'; did you mean '{}'?", kind, printable(word), near);
}

/// Takes `--socket PATH` off the front of the words.
Outcome<std::optional<std::string>> take_socket(std::vector<std::string>& words) {
  constexpr std::string_view kJoined = "--socket=";
  std::optional<std::string> socket;
  while (!words.empty() && (words.front() == "--socket" || words.front().starts_with(kJoined))) {
    const bool joined = words.front() != "--socket";
    if (!joined && words.size() == 1) return stop(kUsage, "--socket needs a value");
    socket = joined ? words.front().substr(kJoined.size()) : words[1];
    words.erase(words.begin(), words.begin() + (joined ? 1 : 2));
  }
  return socket;
}

Outcome<void> run_command(const Entry& entry, const std::optional<std::string>& socket,
                          const std::vector<std::string>& words) {
  const auto arguments = parse_arguments(entry.grammar, words);
  if (!arguments) return tl::unexpected(arguments.error());
  if (arguments->help)
    return print(
        fmt::format("charmux {}{}\n{}", entry.usage, entry.grammar.asks ? " [--socket PATH]" : "", entry.more));
  ApiClient api(socket_path(arguments->socket ? arguments->socket : socket));
  return entry.command(*arguments, api);
}

Outcome<void> dispatch(std::vector<std::string> words) {
  const auto socket = take_socket(words);
  if (!socket) return tl::unexpected(socket.error());
  if (words.empty()) return stop(kUsage, "no command given; see `charmux --help`");
  const std::string first = words.front();
  if (first == "help" || first == "--help" || first == "-h") return print(kHelp);
  if (first == "--version") return print(fmt::format("charmux {}\n", version()));
  if (std::find(kLater.begin(), kLater.end(), first) != kLater.end())
    return stop(kUsage, "{}: not in this version", first);
  for (const Entry& entry : kCommands)
    if (entry.grammar.command == first) return run_command(entry, *socket, {words.begin() + 1, words.end()});
  return unknown(first);
}

int told(ExitCode code, const std::string& text) {
  if (!text.empty()) std::fprintf(stderr, "charmux: %s\n", text.c_str());
  return code;
}

}  // namespace

/// What a library throws (no memory, most likely) ends here, behind all destructors: a terminal that was raw is not.
int run(const std::vector<std::string>& arguments) try {
  const auto done = dispatch(arguments);
  return done ? kDone : told(done.error().code, done.error().text);
} catch (const std::exception& error) {
  return told(kNoDaemon, std::string("stopped: ") + error.what());
}

}  // namespace charmux::cli
