// SPDX-License-Identifier: Apache-2.0
// attach: a person at a console.
#include <unistd.h>

#include <cstdio>
#include <string>

#include "charmux/base/text.hpp"
#include "cli/attach_session.hpp"
#include "cli/command.hpp"
#include "cli/console_api.hpp"

namespace charmux::cli {
namespace {

void say(const std::string& text) { std::fputs(text.c_str(), stderr); }

std::string greeting(const std::string& name, LeaveKey key, bool terminal) {
  const std::string begin = "Connected to " + called(name);
  if (!terminal) return begin + "\n";
  return begin + "; leave with " + (key ? name_of(*key) : "^Ec.") + "\n";
}

/// What a person reads last, on a terminal that is no longer raw. The cursor may stand anywhere, and the shell's prompt
/// wants a line of its own.
std::string farewell(const std::string& name, bool terminal, bool at_line_start) {
  const char* const begin = !terminal ? "" : at_line_start ? "\r" : "\n";
  return fmt::format("{}[charmux: left {}]\n", begin, printable(name));
}

Outcome<void> closed_by_server(const ApiClient& api, const std::string& name) {
  return stop(kNoDaemon, "{}: charmuxd at {} closed the session; see its log, or attach again", called(name),
              printable(api.socket()));
}

Outcome<void> result_of(const AttachSession::End& end, const ApiClient& api, const std::string& name) {
  using By = AttachSession::End::By;
  switch (end.by) {
    case By::key:
    case By::stdin_gone: return {};
    case By::server: return closed_by_server(api, name);
    case By::signal: end_by(end.number); return {};
    case By::stdout_gone:
      if (end.number == EPIPE) return {};
      return stop(kCannotWrite, "{}: cannot write to standard output: {}", called(name), errno_text(end.number));
    case By::fault: return stop(kNoDaemon, "{}: cannot go on: {}", called(name), errno_text(end.number));
  }
  return {};
}

/// The session from the first line that is told of it to the last. In between the terminal is raw, and signals wait.
Outcome<AttachSession::End> run(ApiClient::Session session, const std::string& name, LeaveKey key, bool at_terminal) {
  SignalQueue signals;
  say(greeting(name, key, at_terminal));
  std::optional<RawTerminal> terminal;
  if (at_terminal) {
    Result<RawTerminal> entered = RawTerminal::enter(STDIN_FILENO);
    if (!entered) return stop(kUsage, "{}: {}", called(name), entered.error().text);
    terminal.emplace(std::move(*entered));
  }
  AttachSession attached(std::move(session.fd), session.first, key, terminal ? &*terminal : nullptr, signals);
  const AttachSession::End end = attached.run();
  terminal.reset();
  say(farewell(name, at_terminal, attached.at_line_start()));
  return end;
}

}  // namespace

Outcome<void> attach(const Arguments& arguments, ApiClient& api) {
  const std::string& name = arguments.operands.front();
  LeaveKey key = kLeaveKey;
  if (arguments.escape) {
    const Result<LeaveKey> parsed = parse_leave_key(*arguments.escape);
    if (!parsed) return stop(kUsage, "attach: {}", parsed.error().text);
    key = *parsed;
  }
  const char* const mode = arguments.watch ? "watch" : arguments.force ? "force" : "control";
  // What a program pipes in is all the guest's: there are no keys in it, here or at charmuxd.
  const bool at_terminal = ::isatty(STDIN_FILENO) == 1;
  const char* const keys = at_terminal ? "on" : "off";
  auto upgraded = api.upgrade(console_path(name, fmt::format("/attach?mode={}&keys={}", mode, keys)), "telnet");
  if (!upgraded) return tl::unexpected(upgraded.error());
  if (!upgraded->session) return tl::unexpected(refusal(upgraded->answer, name));

  const auto end = run(std::move(*upgraded->session), name, key, at_terminal);
  if (!end) return tl::unexpected(end.error());
  return result_of(*end, api, name);
}

}  // namespace charmux::cli
