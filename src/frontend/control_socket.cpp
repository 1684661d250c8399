// SPDX-License-Identifier: Apache-2.0
#include "frontend/control_socket.hpp"

#include <sys/socket.h>

#include <array>

#include "access/local_user.hpp"
#include "frontend/raw_session.hpp"
#include "frontend/standing.hpp"
#include "frontend/telnet_session.hpp"

namespace charmux::frontend {
namespace {

void refuse(const UniqueFd& client, const std::string& text) {
  // A new socket's queue takes it; if it does not, the client has gone.
  (void)::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(client.get(), SHUT_WR);
}

class LocalPass final : public Judge {
 public:
  LocalPass(const Gate& gate, access::Person person, AttachWish::Mode mode)
      : gate_(gate), person_(std::move(person)), mode_(mode) {}

  [[nodiscard]] Standing look(const console::ViewerOrigin&, const console::Console* at,
                              const net::TlsSession*) override {
    const access::Right right = gate_.rules().right(person_, at->name());
    if (right < access::Right::watch) return {fmt::format("{} may not watch this console any more", person_.name)};
    return {"", mode_ != AttachWish::Mode::watch && right >= access::Right::control};
  }

 private:
  const Gate& gate_;
  const access::Person person_;
  const AttachWish::Mode mode_;
};

}  // namespace

ControlSocket::ControlSocket(Settings settings, ApiHouse& house, Sessions& sessions, Gate& gate)
    : settings_(std::move(settings)),
      house_(house),
      sessions_(sessions),
      gate_(gate),
      api_(house, gate),
      users_(sessions.context().loop) {}

Status ControlSocket::open(loop::Loop& loop, const std::string& path) {
  path_ = path;
  const Result<net::Endpoint> at = net::endpoint(address::SocketPath{path, false});
  if (!at) return tl::unexpected(at.error());
  Result<net::ServerSocket> socket = net::ServerSocket::listen(*at);
  if (!socket) return tl::unexpected(socket.error());
  let_group_in(*socket);
  Result<net::Acceptor> acceptor =
      net::Acceptor::start(loop, std::move(*socket),
                           {[this](UniqueFd client) { admit(std::move(client)); },
                            [](UniqueFd client) { refuse(client, ApiSession::full_answer()); }});
  if (!acceptor) return tl::unexpected(acceptor.error());
  acceptor_.emplace(std::move(*acceptor));
  return {};
}

/// Where that cannot be done it goes on as the owners' alone.
void ControlSocket::let_group_in(net::ServerSocket& socket) {
  const auto group = settings_.group.empty() ? std::nullopt : access::local_group(settings_.group);
  if (!group) return;
  if (const Status done = socket.let_group_in(*group); !done)
    sessions_.context().log.warn("the group {} cannot use {}: {}; root can", settings_.group, path_, done.error().text);
}

void ControlSocket::admit(UniqueFd client) {
  std::optional<ApiPeer> peer = api_peer_of(client.get());
  if (!peer) return;
  if (!sessions_.has_room(settings_.viewers() + (peer->is_owner() ? kOwnRoom : 0)))
    return refuse(client, ApiSession::full_answer());
  std::optional<Crowd::Ticket> entry = seat_for(*peer);
  if (!entry) return refuse(client, ApiSession::too_often_answer(peer->person.name));
  auto seat = std::make_shared<Crowd::Ticket>(std::move(*entry));  // a function's captures have to be copyable
  sessions_.add(std::make_unique<ApiSession>(
      sessions_.context(), sessions_.stream(std::move(client)), std::move(*peer), api_, users_, settings_.api,
      [this, seat](net::Stream stream, Bytes received, const AttachWish& wish, const access::Person& person) {
        attach(std::move(stream), std::move(received), wish, person, std::move(*seat));
      }));
}

/// Not known by name yet, he is counted by uid. nullopt: he is here as often as he may be.
std::optional<Crowd::Ticket> ControlSocket::seat_for(const ApiPeer& peer) {
  const std::string who = fmt::format("uid {}", peer.uid);
  const std::array limit{Crowd::Limit{who, peer.is_owner() ? 0 : gate_.limits().per_user}};
  Crowd::Entry entry = gate_.crowd().enter(limit);
  if (entry.full == nullptr) return std::move(entry.ticket);
  gate_.refused({who, path_, std::nullopt}, "that user is here too often already (limits.per_user)");
  return std::nullopt;
}

console::ViewerSettings ControlSocket::settings_for(const AttachWish& wish, access::Right right,
                                                    const console::Console& console) const {
  const bool telnet = wish.wire == AttachWish::Wire::telnet;
  console::ViewerSettings settings;
  settings.may_type = wish.mode != AttachWish::Mode::watch && right >= access::Right::control;
  if (settings.may_type && wish.mode == AttachWish::Mode::force) settings.writer = config::WriterMode::force;
  settings.is_terminal = telnet && !wish.since;
  if (telnet && wish.keys) settings.keys = config::EscapeSequence{};
  settings.told = telnet ? console::Told::all : console::Told::nothing;
  settings.on_lag = telnet ? config::OnLag::skip : config::OnLag::close;
  settings.replay = wish.replay.value_or(telnet ? console.replay() : 0);
  settings.since = wish.since;
  settings.from_line_start = telnet;
  settings.notice_wait = gate_.limits().notice_wait;
  return settings;
}

void ControlSocket::attach(net::Stream stream, Bytes already_received, const AttachWish& wish,
                           const access::Person& person, Crowd::Ticket seat) {
  console::Console* const console = house_.find(wish.console);
  if (console == nullptr) return;  // it has gone since the wish was made; the stream closes
  // So may the right have gone.
  const access::Right right = gate_.rules().right(person, console->name());
  if (right < access::Right::watch)
    return gate_.refused({stream.peer(), path_, person.name}, "no rule lets this user watch the console any more");
  console::ViewerOrigin origin{stream.peer(), path_, wish.user};
  const console::ViewerSettings settings = settings_for(wish, right, *console);
  const Connection::Context context = sessions_.context();
  const auto add = [&](auto session) {
    session->sit_down(std::move(seat));
    session->stay_by(std::make_shared<LocalPass>(gate_, person, wish.mode));
    session->received_before(already_received);
    sessions_.add(std::move(session));
  };
  if (wish.wire == AttachWish::Wire::raw)
    return add(std::make_unique<RawSession>(context, std::move(stream), std::move(origin), *console, settings));
  add(std::make_unique<TelnetSession>(context, sessions_.telnet_scratch(), std::move(stream), std::move(origin),
                                      *console, settings));
}

}  // namespace charmux::frontend
