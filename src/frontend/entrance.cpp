// SPDX-License-Identifier: Apache-2.0
#include "frontend/entrance.hpp"

#include <sys/socket.h>

#include <algorithm>

#include "charmux/base/text.hpp"
#include "console/notices.hpp"
#include "frontend/raw_session.hpp"
#include "frontend/telnet_session.hpp"
#include "net/endpoint.hpp"

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
  settings.writer = listen_.writer.value_or(console.typing().writer);
  settings.is_terminal = listen_.kind == config::DoorKind::telnet;
  settings.keys = listen_.keys;
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

bool Entrance::is_proxy(const net::Stream& stream) const {
  if (listen_.proxy_from.empty()) return false;
  const auto ip = net::peer_of(stream.fd()).ip();
  return ip && std::any_of(listen_.proxy_from.begin(), listen_.proxy_from.end(),
                           [&](const address::Network& network) { return address::contains(network, *ip); });
}

void Entrance::admit(UniqueFd client) {
  if (!sessions_.has_room(limits_.viewers())) return refuse(std::move(client));
  net::Stream stream = sessions_.stream(std::move(client));
  if (!is_proxy(stream)) {
    std::string from = stream.peer();
    return enter(std::move(stream), std::move(from), {});
  }
  sessions_.add(std::make_unique<Proxied>(
      sessions_.context(), std::move(stream), text_, limits_.proxy_header,
      [self = shared_from_this()](net::Stream known, std::string from, const Bytes& already_received) {
        self->enter(std::move(known), std::move(from), already_received);
      }));
}

void Entrance::enter(net::Stream stream, std::string from, BytesView already_received) {
  console::Console* const console = target_ ? target_() : nullptr;
  if (target_ && console == nullptr) return turn_away_unfound(stream.fd());
  console::ViewerOrigin origin{std::move(from), text_, std::nullopt};
  const Connection::Context context = sessions_.context();
  const auto caller = listen_.kind == config::DoorKind::rfc2217 ? TelnetSession::Caller::program  //
                                                                : TelnetSession::Caller::person;
  const auto add = [&](auto session) {
    session->received_before(already_received);
    sessions_.add(std::move(session));
  };
  if (console == nullptr)
    add(std::make_unique<TelnetSession>(context, sessions_.telnet_scratch(), std::move(stream), std::move(origin),
                                        choices()));
  else if (listen_.kind == config::DoorKind::raw)
    add(std::make_unique<RawSession>(context, std::move(stream), std::move(origin), *console, settings_for(*console)));
  else
    add(std::make_unique<TelnetSession>(context, sessions_.telnet_scratch(), std::move(stream), std::move(origin),
                                        *console, settings_for(*console), caller));
}

void Entrance::turn_away_unfound(int client) const {
  const std::string why =
      fmt::format("no guest with a console {} has been found yet; come again when it runs", printable(listen_.console));
  sessions_.context().log.info("{}: a client is turned away: {}", text_, why);
  turn_away(client, console::notices::sentence(why));
}

void Entrance::refuse(UniqueFd client) const { turn_away(client.get(), console::notices::kFull); }

void Entrance::turn_away(int client, std::string_view line) const {
  // Others are never told anything in-band.
  if (listen_.kind != config::DoorKind::telnet) return;
  const std::string text = fmt::format("{}\r\n", line);
  // A new socket's queue takes a line; if it does not, the client has gone.
  (void)::send(client, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(client, SHUT_WR);
}

}  // namespace charmux::frontend
