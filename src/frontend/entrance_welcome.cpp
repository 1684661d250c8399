// SPDX-License-Identifier: Apache-2.0
// What somebody gets who is known: a console, a choice of them, or a line that says why neither.
#include <array>

#include "charmux/base/text.hpp"
#include "console/notices.hpp"
#include "frontend/entrance.hpp"
#include "frontend/pass.hpp"
#include "frontend/raw_session.hpp"

namespace charmux::frontend {

using access::Person;
using access::Right;

Right Entrance::right(const Person& person, const console::Console& console) const {
  return gate_.rules().right(person, console.name());
}

console::ViewerSettings Entrance::settings_for(const Person& person, const console::Console& console) const {
  console::ViewerSettings settings;
  settings.may_type = listen().access == config::Access::control && right(person, console) >= Right::control;
  settings.writer = listen().writer.value_or(console.typing().writer);
  settings.is_terminal = listen().kind == config::DoorKind::telnet;
  settings.keys = listen().keys;
  settings.told = listen().notices ? console::Told::all : console::Told::nothing;
  settings.on_lag = listen().on_lag;
  settings.replay = listen().replay.value_or(console.replay());
  settings.from_line_start = listen().kind == config::DoorKind::telnet;
  settings.notice_wait = gate_.limits().notice_wait;
  return settings;
}

TelnetSession::Choices Entrance::choices(const Person& person) {
  const auto may_see = [self = shared_from_this(), person](const console::Console& console) {
    return self->right(person, console) >= Right::watch;
  };
  return {[this, self = shared_from_this(), may_see] {
            std::vector<Menu::Row> rows;
            for (const auto& each : consoles_.all()) {
              const console::Viewer* const writer = each->writer();
              if (may_see(*each))
                rows.push_back({each->number(), each->name(), std::string(each->state_text()),
                                writer == nullptr ? "" : writer->who(), each->viewers().size()});
            }
            return rows;
          },
          [this, self = shared_from_this(), may_see](const std::string& name) {
            console::Console* const found = consoles_.find(name);
            return found != nullptr && may_see(*found) ? found : nullptr;
          },
          [self = shared_from_this(), person](const console::Console& console) {
            return self->settings_for(person, console);
          }};
}

console::Console* Entrance::target() const { return target_ ? target_() : consoles_.find(listen().console); }

/// What that person gets: a console, a menu, or a sentence why neither.
TelnetSession::Welcome Entrance::welcome(const std::shared_ptr<Pass>& pass, const console::ViewerOrigin& origin) {
  const Person& person = pass->person();
  TelnetSession::Welcome welcome;
  welcome.judge = pass;
  // Since he came the configuration may have changed.
  if (const std::string why = pass->look(origin, nullptr, nullptr).why_not; !why.empty()) {
    gate_.refused(origin, why);
    welcome.refusal = console::notices::sentence(why);
    return welcome;
  }
  const std::array limit{Crowd::Limit{"user " + person.name, person.name.empty() ? 0 : gate_.limits().per_user}};
  Crowd::Entry entry = gate_.crowd().enter(limit);
  welcome.seat = std::move(entry.ticket);
  if (entry.full != nullptr) {
    gate_.refused(origin, "that user is here too often already (limits.per_user)");
    welcome.refusal = console::notices::sentence(fmt::format("{} is here too often already", person.name));
    return welcome;
  }
  if (is_menu()) {
    welcome.choices = choices(person);
    return welcome;
  }
  console::Console* const console = target();
  if (console == nullptr) {
    const std::string why = fmt::format("no guest with a console {} has been found yet; come again when it runs",
                                        printable(listen().console));
    sessions_.context().log.info("{}: a client is turned away: {}", text_, why);
    welcome.refusal = console::notices::sentence(why);
  } else if (right(person, *console) < Right::watch) {
    gate_.refused(origin, "no rule lets this user watch the console");
    welcome.refusal = console::notices::sentence(fmt::format("{} may not watch this console", person.name));
  } else {
    welcome.settings = settings_for(person, *console);
    welcome.console = console;
  }
  return welcome;
}

void Entrance::enter(Arrival arrival, const std::shared_ptr<Pass>& pass) {
  console::ViewerOrigin origin = origin_of(arrival);
  if (!pass->person().name.empty()) origin.user = pass->person().name;
  TelnetSession::Welcome given = welcome(pass, origin);
  if (!given.refusal.empty()) return turn_away(arrival.stream, given.refusal);
  const Connection::Context context = sessions_.context();
  const auto add = [&](auto session) {
    session->sit_down(std::move(arrival.seat));
    session->sit_down(std::move(given.seat));
    session->stay_by(std::move(given.judge));
    sessions_.add(std::move(session));
  };
  if (given.choices)
    return add(std::make_unique<TelnetSession>(context, sessions_.telnet_scratch(), std::move(arrival.stream),
                                               std::move(origin), std::move(*given.choices)));
  if (listen().kind == config::DoorKind::raw)
    return add(std::make_unique<RawSession>(context, std::move(arrival.stream), std::move(origin), *given.console,
                                            given.settings));
  const auto caller = listen().kind == config::DoorKind::rfc2217 ? TelnetSession::Caller::program  //
                                                                 : TelnetSession::Caller::person;
  add(std::make_unique<TelnetSession>(context, sessions_.telnet_scratch(), std::move(arrival.stream), std::move(origin),
                                      *given.console, given.settings, caller));
}

}  // namespace charmux::frontend
