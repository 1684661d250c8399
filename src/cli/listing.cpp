// SPDX-License-Identifier: Apache-2.0
// ls, who and status: what charmuxd knows, as tables.
#include <algorithm>

#include "charmux/base/text.hpp"
#include "cli/ago.hpp"
#include "cli/command.hpp"
#include "cli/console_api.hpp"
#include "cli/table.hpp"

namespace charmux::cli {
namespace {

/// One JSON document and a line end.
Outcome<void> print_json(std::string_view body) {
  while (!body.empty() && (body.back() == '\n' || body.back() == '\r')) body.remove_suffix(1);
  return print(std::string(body) + "\n");
}

/// How long ago the guest last said something; empty for what is no console, and where it is not known.
std::string last_output(const ConsoleInfo& console, WallTime now) {
  if (const auto then = parse_time(console.last_output)) return ago_text(*then, now);
  const bool silent = !console.number.empty() && console.offset.value_or(1) == 0;
  return console.last_output.empty() && silent ? "never" : console.last_output;
}

std::string console_table(const std::vector<ConsoleInfo>& consoles) {
  std::vector<std::string> titles = {"NAME", "NUMBER", "PORTS", "STATE", "VIEWERS", "WRITER", "LAST OUTPUT", "BACKEND"};
  const bool reasons =
      std::any_of(consoles.begin(), consoles.end(), [](const ConsoleInfo& console) { return !console.reason.empty(); });
  if (reasons) titles.emplace_back("REASON");
  Table table(std::move(titles));
  const WallTime now = std::chrono::system_clock::now();
  for (const ConsoleInfo& console : consoles) {
    std::vector<std::string> cells = {console.name,
                                      console.number,
                                      console.ports,
                                      console.state,
                                      console.viewer_count,
                                      console.writer,
                                      last_output(console, now),
                                      console.backend};
    if (reasons) cells.push_back(console.reason);
    table.add(std::move(cells));
  }
  return table.text();
}

std::string viewer_table(const std::vector<ConsoleInfo>& consoles) {
  Table table({"CONSOLE", "USER", "FROM", "DOOR", "MODE", "SINCE", "LAG", "SKIPPED"});
  for (const ConsoleInfo& console : consoles)
    for (const ViewerInfo& viewer : console.viewers)
      table.add(
          {console.name, viewer.user, viewer.from, viewer.door, viewer.mode, viewer.since, viewer.lag, viewer.skipped});
  return table.text();
}

/// The documents of all consoles that somebody watches. One that went between the two questions is left out.
Outcome<std::vector<std::string>> watched_consoles(ApiClient& api) {
  const auto list = fetch(api, std::string(kConsoles), "");
  if (!list) return tl::unexpected(list.error());
  const auto consoles = understood(api, parse_consoles(*list));
  if (!consoles) return tl::unexpected(consoles.error());
  std::vector<std::string> out;
  for (const ConsoleInfo& console : *consoles) {
    if (!console.watched()) continue;
    auto answer = api.get(console_path(console.name, ""));
    if (!answer) return tl::unexpected(answer.error());
    if (answer->status == 200) out.push_back(std::move(answer->body));
  }
  return out;
}

Outcome<void> print_viewers(ApiClient& api, const std::vector<std::string>& documents) {
  std::vector<ConsoleInfo> consoles;
  for (const std::string& document : documents) {
    auto console = understood(api, parse_console(document));
    if (!console) return tl::unexpected(console.error());
    consoles.push_back(std::move(*console));
  }
  return print(viewer_table(consoles));
}

std::string status_text(const DaemonInfo& daemon) {
  std::string out = fmt::format("charmuxd {}, pid {}, since {}\nconsoles: {}, viewers: {}\n", printable(daemon.version),
                                printable(daemon.pid), printable(daemon.since), printable(daemon.consoles),
                                printable(daemon.viewers));
  Table listeners({"LISTENER", "SERVES"});
  for (const DaemonInfo::Listener& listener : daemon.listeners) listeners.add({listener.address, listener.serves});
  if (!daemon.listeners.empty()) out += "\n" + listeners.text();
  Table sources({"SOURCE", "STATE"});
  for (const DaemonInfo::Source& source : daemon.sources) sources.add({source.address, source.state});
  if (!daemon.sources.empty()) out += "\n" + sources.text();
  return out;
}

}  // namespace

Outcome<void> ls(const Arguments& arguments, ApiClient& api) {
  const auto body = fetch(api, std::string(kConsoles), "");
  if (!body) return tl::unexpected(body.error());
  const auto consoles = understood(api, parse_consoles(*body));
  if (!consoles) return tl::unexpected(consoles.error());
  return arguments.json ? print_json(*body) : print(console_table(*consoles));
}

Outcome<void> who(const Arguments& arguments, ApiClient& api) {
  if (!arguments.operands.empty()) {
    const std::string& name = arguments.operands.front();
    const auto body = fetch(api, console_path(name, ""), name);
    if (!body) return tl::unexpected(body.error());
    return arguments.json ? print_json(*body) : print_viewers(api, {*body});
  }
  const auto documents = watched_consoles(api);
  if (!documents) return tl::unexpected(documents.error());
  if (!arguments.json) return print_viewers(api, *documents);
  std::string array;
  for (const std::string& document : *documents) array += (array.empty() ? "" : ",") + document;
  return print_json("[" + array + "]");
}

Outcome<void> status(const Arguments& arguments, ApiClient& api) {
  const auto body = fetch(api, "/api/v1/status", "");
  if (!body) return tl::unexpected(body.error());
  const auto daemon = understood(api, parse_daemon(*body));
  if (!daemon) return tl::unexpected(daemon.error());
  return arguments.json ? print_json(*body) : print(status_text(*daemon));
}

}  // namespace charmux::cli
