// SPDX-License-Identifier: Apache-2.0
#include "backend/socket.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "net/socket_options.hpp"

namespace charmux::backend {

Socket::Socket(loop::Loop& loop, std::chrono::milliseconds connect_timeout, address::Backend at, Owner& owner)
    : StreamOpener(at),
      loop_(loop),
      connect_timeout_(connect_timeout),
      address_(std::move(at)),
      owner_(owner),
      timeout_(loop, [this] { held(); }) {}

void Socket::begin() {
  if (const auto* unix_socket = std::get_if<address::Unix>(&address_)) {
    const Result<net::Endpoint> at = net::endpoint(unix_socket->at);
    return at ? connect_to(*at) : owner_.failed(State::refused, at.error().text);
  }
  const std::optional<net::Endpoint> at = net::literal_endpoint(std::get<address::Tcp>(address_).at);
  at ? connect_to(*at) : look_up();
}

void Socket::look_up() {
  using Found = Result<std::vector<net::Endpoint>>;
  auto found = std::make_shared<Found>();
  lookup_ = loop::Work(
      loop_, [found, host = std::get<address::Tcp>(address_).at] { *found = net::resolve(host); },
      [this, found] {
        if (!*found) return owner_.failed(State::closed, found->error().text);
        untried_ = std::move(**found);
        try_next();
      });
}

bool Socket::try_next() {
  if (untried_.empty()) return false;
  const net::Endpoint at = untried_.front();
  untried_.erase(untried_.begin());
  connect_to(at);
  return true;
}

void Socket::connect_to(const net::Endpoint& at) {
  connecting_.reset(::socket(at.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!connecting_) return cannot_connect(errno);
  if (::connect(connecting_.get(), at.raw(), at.length) == 0) return connection_ready();
  const int error = errno;
  // On a UNIX socket EAGAIN is no connection in progress: the backlog is full, so others wait there already (unix(7)).
  if (error == EAGAIN) return held();
  if (error != EINPROGRESS) return cannot_connect(error);
  Result<loop::Poll> poll = loop::Poll::watch(loop_, connecting_.get(), [this](unsigned) { connection_ready(); });
  if (!poll) return owner_.failed(State::refused, poll.error().text);
  connect_poll_ = std::move(*poll);
  connect_poll_.want(loop::kWritable);
  timeout_.start(connect_timeout_);
}

void Socket::connection_ready() {
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(connecting_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return cannot_connect(error);
  connect_poll_ = {};
  timeout_.stop();
  untried_.clear();
  if (is_tcp()) net::set_tcp_options(connecting_.get());
  owner_.opened(std::move(connecting_), 0);
}

void Socket::held() {
  abandon();
  if (try_next()) return;
  owner_.failed(State::waiting, "held by another client");
}

void Socket::cannot_connect(int error_number) {
  abandon();
  if (try_next()) return;
  const bool not_ours = error_number == EACCES || error_number == EPERM;
  const char* const remedy = not_ours ? "; run charmuxd as root or as the owner of the socket" : "";
  owner_.failed(not_ours ? State::refused : State::closed,
                fmt::format("{}: {}{}", text(), errno_text(error_number), remedy));
}

void Socket::abandon() {
  lookup_ = {};
  connect_poll_ = {};
  timeout_.stop();
  connecting_.reset();
}

}  // namespace charmux::backend
