// SPDX-License-Identifier: Apache-2.0
#include "frontend/control_socket.hpp"

#include <sys/socket.h>

#include "frontend/raw_session.hpp"
#include "frontend/telnet_session.hpp"

namespace charmux::frontend {
namespace {

void refuse(const UniqueFd& client) {
  const std::string text = ApiSession::full_answer();
  // A new socket's queue takes it; if it does not, the client has gone.
  (void)::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(client.get(), SHUT_WR);
}

}  // namespace

ControlSocket::ControlSocket(Settings settings, ApiHouse& house, Sessions& sessions)
    : settings_(std::move(settings)), house_(house), sessions_(sessions), api_(house) {}

Status ControlSocket::open(loop::Loop& loop, const std::string& path) {
  path_ = path;
  const Result<net::Endpoint> at = net::endpoint(address::SocketPath{path, false});
  if (!at) return tl::unexpected(at.error());
  Result<net::ServerSocket> socket = net::ServerSocket::listen(*at);
  if (!socket) return tl::unexpected(socket.error());
  Result<net::Acceptor> acceptor = net::Acceptor::start(
      loop, std::move(*socket),
      {[this](UniqueFd client) { admit(std::move(client)); }, [](UniqueFd client) { refuse(client); }});
  if (!acceptor) return tl::unexpected(acceptor.error());
  acceptor_.emplace(std::move(*acceptor));
  return {};
}

void ControlSocket::admit(UniqueFd client) {
  if (!sessions_.has_room(settings_.viewers() + kOwnRoom)) return refuse(client);
  const ApiPeer peer = api_peer_of(client.get());
  sessions_.add(std::make_unique<ApiSession>(sessions_.context(), sessions_.stream(std::move(client)), peer, api_,
                                             settings_.api,
                                             [this](net::Stream stream, Bytes received, const AttachWish& wish) {
                                               attach(std::move(stream), std::move(received), wish);
                                             }));
}

console::ViewerSettings ControlSocket::settings_for(const AttachWish& wish, const console::Console& console) const {
  const bool telnet = wish.wire == AttachWish::Wire::telnet;
  console::ViewerSettings settings;
  settings.may_type = wish.mode != AttachWish::Mode::watch;
  if (wish.mode == AttachWish::Mode::force) settings.writer = config::WriterMode::force;
  settings.is_terminal = telnet && !wish.since;
  if (telnet && wish.keys) settings.keys = config::EscapeSequence{};
  settings.told = telnet ? console::Told::all : console::Told::nothing;
  settings.on_lag = telnet ? config::OnLag::skip : config::OnLag::close;
  settings.replay = wish.replay.value_or(telnet ? console.replay() : 0);
  settings.since = wish.since;
  settings.from_line_start = telnet;
  settings.notice_wait = settings_.notice_wait;
  return settings;
}

void ControlSocket::attach(net::Stream stream, Bytes already_received, const AttachWish& wish) {
  console::Console* const console = house_.find(wish.console);
  if (console == nullptr) return;  // it has gone since the wish was made; the stream closes
  console::ViewerOrigin origin{stream.peer(), path_, wish.user};
  const console::ViewerSettings settings = settings_for(wish, *console);
  const Connection::Context context = sessions_.context();
  if (wish.wire == AttachWish::Wire::raw) {
    auto session = std::make_unique<RawSession>(context, std::move(stream), std::move(origin), *console, settings);
    session->received_before(already_received);
    return sessions_.add(std::move(session));
  }
  auto session = std::make_unique<TelnetSession>(context, sessions_.telnet_scratch(), std::move(stream),
                                                 std::move(origin), *console, settings);
  session->received_before(already_received);
  sessions_.add(std::move(session));
}

}  // namespace charmux::frontend
