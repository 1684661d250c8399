// SPDX-License-Identifier: Apache-2.0
#include "config/settle.hpp"

#include <map>

#include "charmux/address/parts.hpp"
#include "charmux/config/match.hpp"

namespace charmux::config {
namespace {

using address::in_quotes;

constexpr std::string_view kControlSocket = "/control.sock";

History settle_history(const Settings& settings, Report& report) {
  History history;
  settings.take("size", history.size);
  settings.take("replay", history.replay);
  settings.take("keep", history.keep);
  settings.take("max_guest_pause", history.max_guest_pause);
  settings.take("min_rate", history.min_rate);
  settings.take("send_queue", history.send_queue);
  settings.take("coalesce", history.coalesce);
  if (history.replay > history.size)
    report.add(
        settings.at("replay", settings.at("size", {})),
        fmt::format("'replay' in [history] is {}, more than the 'size' of {}: a replay comes out of what is kept",
                    format_size(history.replay), format_size(history.size)));
  return history;
}

Limits settle_limits(const Settings& settings, Report& report) {
  Limits limits;
  settings.take("viewers", limits.viewers);
  settings.take("input_queue", limits.input_queue);
  settings.take("outbox", limits.outbox);
  settings.take("connect_timeout", limits.connect_timeout);
  settings.take("reopen_first", limits.reopen_first);
  settings.take("reopen_most", limits.reopen_most);
  settings.take("viewer_stalled_timeout", limits.viewer_stalled_timeout);
  settings.take("viewer_dead_timeout", limits.viewer_dead_timeout);
  settings.take("stop_drain", limits.stop_drain);
  settings.take("notice_wait", limits.notice_wait);
  settings.take("qmp_poll", limits.qmp_poll);
  settings.take("api_header", limits.api_header);
  settings.take("api_body", limits.api_body);
  settings.take("api_request", limits.api_request);
  settings.take("api_idle", limits.api_idle);
  settings.take("handshake", limits.handshake);
  settings.take("login", limits.login);
  settings.take("login_tries", limits.login_tries);
  settings.take("login_address", limits.login_address);
  settings.take("login_user", limits.login_user);
  settings.take("login_queue", limits.login_queue);
  settings.take("strangers", limits.strangers);
  settings.take("per_listener", limits.per_listener);
  settings.take("per_address", limits.per_address);
  settings.take("per_user", limits.per_user);
  if (limits.reopen_first > limits.reopen_most)
    report.add(settings.at("reopen_first", settings.at("reopen_most", {})),
               fmt::format("'reopen_first' in [limits] is {}, more than the 'reopen_most' of {}: pauses only grow",
                           format_duration(limits.reopen_first), format_duration(limits.reopen_most)));
  return limits;
}

Audit settle_audit(const AuditDraft& draft, Report& report) {
  Audit audit;
  draft.settings.take("file", audit.file);
  draft.settings.take("typed", audit.typed);
  if (!audit.file.empty() && is_directory(audit.file))
    report.add(draft.settings.at("file", draft.at),
               fmt::format("'file' in [audit] is a directory: write a file's path, such as {}",
                           in_quotes(audit.file + (audit.file.back() == '/' ? "" : "/") + "audit.log")));
  if (audit.typed && !draft.settings.mentions("file"))
    report.add(draft.settings.at("typed", draft.at),
               "'typed' in [audit] needs the key 'file': nothing is written without");
  return audit;
}

Console settle_console(const ConsoleDraft& draft, const History& history, Report& report) {
  Console console{draft.name, draft.backend.value_or(address::Backend{}), history.size, history.replay};
  const Settings& own = draft.settings;
  own.take("size", console.size);
  own.take("replay", console.replay);
  own.take_as<std::uint64_t>("port", console.port);
  console.max_guest_pause = history.max_guest_pause;
  own.take("max_guest_pause", console.max_guest_pause);
  own.take("log", console.log);
  console.log = log_path(console.log, console.name);
  console.typing = with(console.typing, read_typing(own));
  if (console.replay > console.size && (own.has("size") || own.has("replay")))
    report.add(own.at("replay", own.at("size", draft.at)),
               fmt::format("console {} has a 'replay' of {}, more than its 'size' of {}: give it a smaller replay",
                           in_quotes(draft.name), format_size(console.replay), format_size(console.size)));
  return console;
}

void settle_consoles(const Draft& draft, Config& config, Report& report) {
  std::map<std::string_view, Origin> taken;
  for (const ConsoleDraft& console : draft.consoles) {
    const Origin at = console.settings.at("name", console.at);
    const auto [earlier, is_new] = taken.emplace(console.name, at);
    if (!is_new && !console.name.empty())
      report.add(at, fmt::format("console {} is defined twice, first at {}: give each its own name",
                                 in_quotes(console.name), report.where(earlier->second)));
    config.consoles.push_back(settle_console(console, config.history, report));
  }
}

/// The first that is there of: command line, file, environment.
std::string settle_directory(const std::optional<std::string>& argument, std::string_view option,
                             const Settings& settings, std::string_view key, std::string fallback, Report& report) {
  std::string directory = std::move(fallback);
  settings.take(key, directory);
  if (!argument) return directory;
  if (argument->empty() || (*argument)[0] != '/')
    report.add({0, 0, option},
               fmt::format("{} is not an absolute path: write one that begins with '/'", in_quotes(*argument)));
  return *argument;
}

void settle_directories(const Draft& draft, const CommandLine& command_line, const Environment& environment,
                        Config& config, Report& report) {
  config.state_dir = settle_directory(command_line.state_dir, "--state-dir", draft.top, "state_dir",
                                      default_state_dir(environment), report);
  config.runtime_dir = settle_directory(command_line.runtime_dir, "--runtime-dir", draft.top, "runtime_dir",
                                        default_runtime_dir(environment), report);
  if (config.state_dir.empty() && !command_line.state_dir && !draft.top.mentions("state_dir"))
    report.add({},
               "no directory for histories: set $STATE_DIRECTORY, $XDG_STATE_HOME or $HOME to an absolute path, or "
               "give --state-dir DIR");
  if (config.runtime_dir.empty() && !command_line.runtime_dir && !draft.top.mentions("runtime_dir"))
    report.add({},
               "no runtime directory: set $RUNTIME_DIRECTORY or $XDG_RUNTIME_DIR to an absolute path, "
               "or give --runtime-dir DIR");
  constexpr std::size_t kMost = address::kMostSocketPath - kControlSocket.size();
  if (config.runtime_dir.size() > kMost)
    report.add(command_line.runtime_dir ? Origin{0, 0, "--runtime-dir"} : draft.top.at("runtime_dir", {}),
               fmt::format("runtime directory {} has {} bytes: control.sock in it would be longer than a UNIX socket's "
                           "path may be; use one of at most {}",
                           in_quotes(config.runtime_dir), config.runtime_dir.size(), kMost));
}

}  // namespace

Config settle(const Draft& draft, const CommandLine& command_line, const Environment& environment, Report& report) {
  Config config;
  settle_directories(draft, command_line, environment, config, report);
  config.log_level = command_line.log_level.value_or(config.log_level);
  config.history = settle_history(draft.history, report);
  config.limits = settle_limits(draft.limits, report);
  config.audit = settle_audit(draft.audit, report);
  settle_discovery(draft, config, report);
  settle_consoles(draft, config, report);
  settle_access(draft, config, report);
  settle_logs(draft, config, report);
  settle_listens(draft, config, report);
  settle_pins(draft, config, report);
  return config;
}

}  // namespace charmux::config
