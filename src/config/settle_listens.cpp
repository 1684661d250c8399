// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "charmux/address/parts.hpp"
#include "charmux/base/text.hpp"
#include "config/settle.hpp"

namespace charmux::config {
namespace {

using address::in_quotes;

constexpr std::size_t kMostShown = 10;  ///< consoles listed in a message; the others are counted

std::string list_of(const std::vector<std::string_view>& names) {
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kMostShown; ++i) list += (i == 0 ? "" : ", ") + in_quotes(names[i]);
  if (names.size() > kMostShown) list += fmt::format(" and {} more", names.size() - kMostShown);
  return list;
}

/// Whether clients from elsewhere could come in here without having been allowed on purpose. What a host name leads to
/// is known only when it is resolved: whoever binds it has to ask again then.
bool is_open_door(const Listen& listen) {
  const auto* const at = std::get_if<address::HostPort>(&listen.place);
  return at != nullptr && !listen.insecure && !address::is_loopback(*at) && !address::is_name(*at);
}

/// What clients see here: one console, one for each port, or the menu.
void check_what(const ListenDraft& draft, const Listen& listen, Report& report) {
  const Settings& own = draft.settings;
  if (own.mentions("console") && own.mentions("ports"))
    return report.add(own.at("console", draft.at),
                      fmt::format("{} has both console= and ports=: leave one of them out", door_text(listen)));
  if (own.has("console") && listen.console.empty())
    return report.add(own.at("console", draft.at),
                      fmt::format("{}: 'console' is empty: write the name of one", door_text(listen)));
  if (listen.kind != DoorKind::telnet && !own.mentions("console") && !own.mentions("ports"))
    report.add(draft.at, door_text(listen) + " needs console=NAME or ports=LO-HI: only telnet has a menu");
}

void check_console(const ListenDraft& draft, const Listen& listen, const Config& config, Report& report) {
  if (listen.console.empty()) return;
  std::vector<std::string_view> names;
  for (const Console& console : config.consoles) {
    if (console.name.empty()) return;  // reported already; it may be the one that is meant
    names.push_back(console.name);
    if (console.name != listen.console) continue;
    if (listen.replay.value_or(0) > console.size && draft.settings.has("replay"))
      report.add(draft.settings.at("replay", draft.at),
                 fmt::format("{} has a 'replay' of {}, more than the {} that console {} keeps: give it a smaller one",
                             door_text(listen), format_size(*listen.replay), format_size(console.size),
                             in_quotes(console.name)));
    return;
  }
  if (!config.discovers.empty()) return;  // it may come yet
  const std::string_view near = nearest(listen.console, names);
  report.add(draft.settings.at("console", draft.at),
             fmt::format("{}: there is no console {} among {}{}", door_text(listen), in_quotes(listen.console),
                         list_of(names), near.empty() ? "" : fmt::format(": did you mean {}?", in_quotes(near))));
}

/// A listener's ports, one or many, all of them at its host.
PortRange ports_of(const Listen& listen, const address::HostPort& at) {
  return listen.ports.value_or(PortRange{at.port, at.port});
}

/// Whether the two cannot both be listened at.
bool overlap(const Listen& a, const Listen& b) {
  const auto* const left = std::get_if<address::HostPort>(&a.place);
  const auto* const right = std::get_if<address::HostPort>(&b.place);
  if (left == nullptr || right == nullptr) return address::overlap(a.place, b.place);
  const PortRange one = ports_of(a, *left);
  const PortRange other = ports_of(b, *right);
  return one.low <= other.high && other.low <= one.high &&
         address::overlap(address::HostPort{left->host, 0}, address::HostPort{right->host, 0});
}

}  // namespace

void settle_listens(const Draft& draft, Config& config, Report& report) {
  std::vector<Origin> origins;
  for (const ListenDraft& written : draft.listens) {
    if (!written.place) continue;
    Listen listen = written.listen;
    listen.place = *written.place;
    const std::string door = door_text(listen);
    check_what(written, listen, report);
    check_console(written, listen, config, report);
    for (std::size_t i = 0; i < config.listens.size(); ++i) {
      if (!overlap(config.listens[i], listen)) continue;
      report.add(written.at, fmt::format("{} is where {} listens already ({}): give each its own place", door,
                                         door_text(config.listens[i]), report.where(origins[i])));
      break;
    }
    if (is_open_door(listen) && (written.settings.has("insecure") || !written.settings.mentions("insecure")))
      report.add(written.at, exposure_error(listen, {}).text);
    config.listens.push_back(std::move(listen));
    origins.push_back(written.at);
  }
}

}  // namespace charmux::config
