// SPDX-License-Identifier: Apache-2.0
#include "frontend/door.hpp"

#include <sys/socket.h>

#include "console/notices.hpp"
#include "frontend/raw_session.hpp"
#include "frontend/telnet_session.hpp"

namespace charmux::frontend {
namespace {

console::ViewerSettings settings_of(const config::Listen& listen, const Door::Limits& limits,
                                    const console::Console& console) {
  console::ViewerSettings settings;
  settings.may_type = listen.access == config::Access::control;
  settings.notices = listen.notices;
  settings.on_lag = listen.on_lag;
  settings.replay = listen.replay.value_or(console.replay());
  settings.from_line_start = listen.kind == config::DoorKind::telnet;
  settings.notice_wait = limits.notice_wait;
  return settings;
}

}  // namespace

Door::Door(const config::Listen& listen, const Limits& limits, console::Console& console, Sessions& sessions)
    : kind_(listen.kind),
      settings_(settings_of(listen, limits, console)),
      most_viewers_(limits.viewers),
      console_(console),
      sessions_(sessions) {}

Status Door::open(loop::Loop& loop, const std::vector<net::Endpoint>& endpoints) {
  for (const net::Endpoint& at : endpoints) {
    Result<net::ServerSocket> socket = net::ServerSocket::listen(at);
    if (!socket) return tl::unexpected(socket.error());
    Result<net::Acceptor> acceptor = net::Acceptor::start(loop, std::move(*socket),
                                                          {[this](UniqueFd client) { arrived(std::move(client)); },
                                                           [this](UniqueFd client) { refuse(std::move(client)); }});
    if (!acceptor) return tl::unexpected(acceptor.error());
    acceptors_.push_back(std::move(*acceptor));
  }
  return {};
}

void Door::arrived(UniqueFd client) {
  if (sessions_.count() >= most_viewers_) return refuse(std::move(client));
  net::Stream stream(std::move(client));
  if (kind_ == config::DoorKind::telnet)
    sessions_.add(std::make_unique<TelnetSession>(sessions_.context(), sessions_.telnet_scratch(), std::move(stream),
                                                  console_, settings_));
  else
    sessions_.add(std::make_unique<RawSession>(sessions_.context(), std::move(stream), console_, settings_));
}

void Door::refuse(UniqueFd client) const {
  // A raw client is never told anything in-band.
  if (kind_ == config::DoorKind::telnet) {
    const std::string line = fmt::format("{}\r\n", console::notices::kFull);
    // A new socket's queue takes a line; if it does not, the client has gone.
    (void)::send(client.get(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::shutdown(client.get(), SHUT_WR);
  }
}

Status check_exposure(const config::Listen& listen, const std::vector<net::Endpoint>& endpoints) {
  if (listen.insecure) return {};
  for (const net::Endpoint& at : endpoints)
    if (!at.is_local())
      return failure(
          "{} leads to {} and would let anyone who reaches it in: there are no users and no TLS yet; bind it "
          "to 127.0.0.1 or [::1], use a UNIX socket, or add ,insecure on purpose",
          config::door_text(listen), at.text());
  return {};
}

}  // namespace charmux::frontend
