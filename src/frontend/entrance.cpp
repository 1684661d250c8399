// SPDX-License-Identifier: Apache-2.0
#include "frontend/entrance.hpp"

#include <sys/socket.h>

#include "charmux/base/text.hpp"
#include "console/notices.hpp"
#include "frontend/raw_session.hpp"
#include "frontend/telnet_session.hpp"

namespace charmux::frontend {
namespace {

/// The consoles of a menu.
std::vector<Menu::Row> rows_of(const console::Directory& consoles) {
  std::vector<Menu::Row> rows;
  for (const auto& each : consoles.all()) {
    const console::Viewer* const writer = each->writer();
    rows.push_back({each->number(), each->name(), std::string(each->state_text()),
                    writer == nullptr ? "" : writer->who(), each->viewers().size()});
  }
  return rows;
}

}  // namespace

Entrance::Entrance(const config::Listen& listen, std::string text, const Limits& limits, console::Directory& consoles,
                   Target target, Sessions& sessions)
    : listen_(listen),
      text_(std::move(text)),
      limits_(limits),
      consoles_(consoles),
      target_(std::move(target)),
      sessions_(sessions) {}

console::ViewerSettings Entrance::settings_for(const console::Console& console) const {
  console::ViewerSettings settings;
  settings.may_type = listen_.access == config::Access::control;
  settings.told = listen_.notices ? console::Told::all : console::Told::nothing;
  settings.on_lag = listen_.on_lag;
  settings.replay = listen_.replay.value_or(console.replay());
  settings.from_line_start = listen_.kind == config::DoorKind::telnet;
  settings.notice_wait = limits_.notice_wait;
  return settings;
}

TelnetSession::Choices Entrance::choices() {
  return {[&consoles = consoles_] { return rows_of(consoles); },
          [&consoles = consoles_](const std::string& name) { return consoles.find(name); },
          [self = shared_from_this()](const console::Console& console) { return self->settings_for(console); }};
}

void Entrance::admit(UniqueFd client) {
  if (!sessions_.has_room(limits_.viewers())) return refuse(std::move(client));
  console::Console* const console = target_ ? target_() : nullptr;
  if (target_ && console == nullptr) return turn_away_unfound(client);
  net::Stream stream = sessions_.stream(std::move(client));
  console::ViewerOrigin origin{stream.peer(), text_, std::nullopt};
  const Connection::Context context = sessions_.context();
  if (console == nullptr)
    sessions_.add(std::make_unique<TelnetSession>(context, sessions_.telnet_scratch(), std::move(stream),
                                                  std::move(origin), choices()));
  else if (listen_.kind == config::DoorKind::raw)
    sessions_.add(
        std::make_unique<RawSession>(context, std::move(stream), std::move(origin), *console, settings_for(*console)));
  else
    sessions_.add(std::make_unique<TelnetSession>(context, sessions_.telnet_scratch(), std::move(stream),
                                                  std::move(origin), *console, settings_for(*console)));
}

void Entrance::turn_away_unfound(const UniqueFd& client) const {
  const std::string why =
      fmt::format("no guest with a console {} has been found yet; come again when it runs", printable(listen_.console));
  sessions_.context().log.info("{}: a client is turned away: {}", text_, why);
  turn_away(client, console::notices::sentence(why));
}

void Entrance::refuse(UniqueFd client) const { turn_away(client, console::notices::kFull); }

void Entrance::turn_away(const UniqueFd& client, std::string_view line) const {
  // A raw client is never told anything in-band.
  if (listen_.kind == config::DoorKind::raw) return;
  const std::string text = fmt::format("{}\r\n", line);
  // A new socket's queue takes a line; if it does not, the client has gone.
  (void)::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(client.get(), SHUT_WR);
}

}  // namespace charmux::frontend
