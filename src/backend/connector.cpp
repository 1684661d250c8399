// SPDX-License-Identifier: Apache-2.0
#include "backend/connector.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace charmux::backend {

Connector::Connector(loop::Loop& loop, std::chrono::milliseconds timeout, address::Place at, std::string text,
                     Outcome outcome)
    : loop_(loop),
      timeout_(timeout),
      at_(std::move(at)),
      text_(std::move(text)),
      outcome_(std::move(outcome)),
      patience_(loop, [this] { held(); }) {}

void Connector::connect() {
  if (const auto* path = std::get_if<address::SocketPath>(&at_)) {
    const Result<net::Endpoint> at = net::endpoint(*path);
    return at ? connect_to(*at) : outcome_.failed(State::refused, at.error().text);
  }
  const auto& host = std::get<address::HostPort>(at_);
  const std::optional<net::Endpoint> at = net::literal_endpoint(host);
  at ? connect_to(*at) : look_up(host);
}

void Connector::look_up(const address::HostPort& host) {
  using Found = Result<std::vector<net::Endpoint>>;
  auto found = std::make_shared<Found>();
  lookup_ = loop::Work(
      loop_, [found, host] { *found = net::resolve(host); },
      [this, found] {
        if (!*found) return outcome_.failed(State::closed, found->error().text);
        untried_ = std::move(**found);
        try_next();
      });
}

bool Connector::try_next() {
  if (untried_.empty()) return false;
  const net::Endpoint at = untried_.front();
  untried_.erase(untried_.begin());
  connect_to(at);
  return true;
}

void Connector::connect_to(const net::Endpoint& at) {
  connecting_.reset(::socket(at.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!connecting_) return cannot_connect(errno);
  if (::connect(connecting_.get(), at.raw(), at.length) == 0) return connection_ready();
  const int error = errno;
  // On a UNIX socket EAGAIN is no connection in progress: the backlog is full, so others wait there already (unix(7)).
  if (error == EAGAIN) return held();
  if (error != EINPROGRESS) return cannot_connect(error);
  Result<loop::Poll> poll = loop::Poll::watch(loop_, connecting_.get(), [this](unsigned) { connection_ready(); });
  if (!poll) return outcome_.failed(State::refused, poll.error().text);
  poll_ = std::move(*poll);
  poll_.want(loop::kWritable);
  patience_.start(timeout_);
}

void Connector::connection_ready() {
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(connecting_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return cannot_connect(error);
  poll_ = {};
  patience_.stop();
  untried_.clear();
  outcome_.connected(std::move(connecting_));
}

void Connector::held() {
  abandon();
  if (try_next()) return;
  outcome_.failed(State::waiting, "held by another client");
}

void Connector::cannot_connect(int error_number) {
  abandon();
  if (try_next()) return;
  const bool not_ours = error_number == EACCES || error_number == EPERM;
  const char* const remedy = not_ours ? "; run charmuxd as root or as the owner of the socket" : "";
  outcome_.failed(not_ours ? State::refused : State::closed,
                  fmt::format("{}: {}{}", text_, errno_text(error_number), remedy));
}

void Connector::abandon() {
  lookup_ = {};
  poll_ = {};
  patience_.stop();
  connecting_.reset();
}

}  // namespace charmux::backend
