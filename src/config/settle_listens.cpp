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

/// Whether the profile or the user that a listener names, if it does, is there. If not, that is reported by now.
template <class Named>
bool check_named(std::string_view key, std::string_view what, const std::vector<Named>& known, const std::string& name,
                 const ListenDraft& draft, const Listen& listen, Report& report) {
  if (!draft.settings.has(key)) return !draft.settings.mentions(key);
  const auto fail = [&](const std::string& why) {
    report.add(draft.settings.at(key, draft.at), fmt::format("{}: {}", door_text(listen), why));
    return false;
  };
  if (name.empty()) return fail(fmt::format("'{}' is empty: write the name of one", key));
  std::vector<std::string_view> names;
  for (const Named& each : known) {
    if (each.name.empty()) return false;  // reported already; it may be the one that is meant
    names.push_back(each.name);
  }
  if (std::find(names.begin(), names.end(), name) != names.end()) return true;
  return fail(there_is_no(what, name, names, fmt::format("write a {} of that name", table_text(key))));
}

/// Whether it is known who its clients can be; if not, what hides it was reported.
bool check_access(const Draft& draft, const ListenDraft& written, const Listen& listen, const Config& config,
                  Report& report) {
  const auto hidden = [](const Settings& settings, std::string_view key) {
    return settings.mentions(key) && !settings.has(key);
  };
  const bool tls = check_named("tls", "TLS profile", config.tls, listen.tls, written, listen, report);
  const bool user = check_named("user", "user", config.users, listen.user, written, listen, report);
  const bool logins = std::none_of(draft.users.begin(), draft.users.end(), [&](const UserDraft& each) {
    return hidden(each.settings, "password") || hidden(each.settings, "pam") || hidden(each.settings, "certificate");
  });
  return tls && user && logins && !hidden(written.settings, "insecure");
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
  report.add(
      draft.settings.at("console", draft.at),
      fmt::format("{}: {}", door_text(listen), there_is_no("console", listen.console, names, "write a [[console]]")));
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

/// Who reaches it, and whether anybody gets in.
void check_exposure(const ListenDraft& draft, const Listen& listen, const Config& config, Report& report) {
  if (const auto open = exposure(listen, config, {}))
    report.add(draft.at, open->text);
  else if (const auto shut = shut_to_all(listen, config))
    report.add(draft.at, shut->text);
}

}  // namespace

std::string there_is_no(std::string_view what, std::string_view name, const std::vector<std::string_view>& names,
                        std::string_view remedy) {
  const std::string none = fmt::format("there is no {} {}", what, in_quotes(name));
  if (names.empty()) return fmt::format("{}: {}", none, remedy);
  const std::string_view near = nearest(name, names);
  return fmt::format("{} among {}{}", none, list_of(names),
                     near.empty() ? "" : fmt::format(": did you mean {}?", in_quotes(near)));
}

void settle_listens(const Draft& draft, Config& config, Report& report) {
  std::vector<Origin> origins;
  for (const ListenDraft& written : draft.listens) {
    if (!written.place) continue;
    Listen listen = written.listen;
    listen.place = *written.place;
    const std::string door = door_text(listen);
    check_what(written, listen, report);
    check_console(written, listen, config, report);
    const bool known = check_access(draft, written, listen, config, report);
    for (std::size_t i = 0; i < config.listens.size(); ++i) {
      if (!overlap(config.listens[i], listen)) continue;
      report.add(written.at, fmt::format("{} is where {} listens already ({}): give each its own place", door,
                                         door_text(config.listens[i]), report.where(origins[i])));
      break;
    }
    if (known) check_exposure(written, listen, config, report);
    config.listens.push_back(std::move(listen));
    origins.push_back(written.at);
  }
}

}  // namespace charmux::config
