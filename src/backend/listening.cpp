// SPDX-License-Identifier: Apache-2.0
#include "backend/listening.hpp"

#include <poll.h>

#include <utility>

#include "backend/stream_channel.hpp"
#include "net/server_socket.hpp"

namespace charmux::backend {
namespace {

/// Those that are turned away are told of at most this often: one that reconnects would fill the log.
constexpr std::chrono::seconds kRemarkPause{10};

bool has_hung_up(int fd) {
  pollfd look{fd, POLLRDHUP, 0};
  return ::poll(&look, 1, 0) == 1 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

address::Place place_of(const address::Backend& at) {
  if (const auto* socket = std::get_if<address::UnixListen>(&at)) return socket->at;
  return std::get<address::TcpListen>(at).at;
}

/// The one that has connected; says when it is closed. Destroyed before its opener.
class ServedChannel final : public StreamChannel {
 public:
  ServedChannel(loop::Loop& loop, UniqueFd fd, const std::string& text, std::string nobody,
                std::function<void()> closed)
      : StreamChannel(loop, std::move(fd), text, false), nobody_(std::move(nobody)), closed_(std::move(closed)) {}
  ~ServedChannel() override { closed_(); }
  ServedChannel(const ServedChannel&) = delete;
  ServedChannel& operator=(const ServedChannel&) = delete;

  [[nodiscard]] std::string why_ended(const net::Io& io) const override {
    return io.kind == net::Io::Kind::error ? StreamChannel::why_ended(io) : nobody_;
  }

 private:
  const std::string nobody_;
  const std::function<void()> closed_;
};

}  // namespace

Listening::Listening(loop::Loop& loop, const address::Backend& at, Owner& owner)
    : loop_(loop), at_(place_of(at)), text_(address::to_text(at)), owner_(owner), next_(loop, [this] { begin(); }) {}

void Listening::begin() {
  wanted_ = true;
  next_.stop();
  if (early_) return serve(std::move(early_));
  if (!acceptors_.empty()) return owner_.failed(State::closed, nobody());
  if (const auto* host = std::get_if<address::HostPort>(&at_)) {
    const std::optional<net::Endpoint> at = net::literal_endpoint(*host);
    return at ? listen({*at}) : look_up(*host);
  }
  const Result<net::Endpoint> at = net::endpoint(std::get<address::SocketPath>(at_));
  at ? listen({*at}) : owner_.failed(State::refused, at.error().text);
}

void Listening::look_up(const address::HostPort& host) {
  using Found = Result<std::vector<net::Endpoint>>;
  auto found = std::make_shared<Found>();
  lookup_ = loop::Work(
      loop_, [found, host] { *found = net::resolve(host); },
      [this, found] { *found ? listen(**found) : owner_.failed(State::closed, found->error().text); });
}

void Listening::listen(const std::vector<net::Endpoint>& endpoints) {
  std::vector<net::Acceptor> acceptors;
  for (const net::Endpoint& at : endpoints) {
    Result<net::ServerSocket> socket = net::ServerSocket::listen(at);
    if (!socket) return owner_.failed(State::refused, socket.error().text);
    Result<net::Acceptor> acceptor =
        net::Acceptor::start(loop_, std::move(*socket),
                             {[this](UniqueFd peer) { arrived(std::move(peer)); },
                              [this](const UniqueFd&) { turned_away("charmuxd is out of file descriptors"); }});
    if (!acceptor) return owner_.failed(State::refused, acceptor.error().text);
    acceptors.push_back(std::move(*acceptor));
  }
  acceptors_ = std::move(acceptors);
  owner_.failed(State::closed, nobody());
}

void Listening::arrived(UniqueFd peer) {
  if (early_) return turned_away("one is there already");
  if (wanted_) return serve(std::move(peer));
  // A VM that was restarted may be back before its end is read; anybody else would be a second one.
  if (!has_hung_up(serving_)) return turned_away("one is there already");
  early_ = std::move(peer);
}

void Listening::serve(UniqueFd peer) {
  wanted_ = false;
  serving_ = peer.get();
  owner_.opened(std::make_unique<ServedChannel>(loop_, std::move(peer), text_, nobody(), [this] { closed(); }), 0);
}

void Listening::turned_away(const char* why) {
  const MonoTime now = loop_.now();
  if (now < next_remark_) return;
  next_remark_ = now + kRemarkPause;
  owner_.remarked(fmt::format("{}: another connection was closed: {}", text_, why));
}

void Listening::abandon() {
  lookup_ = {};
  acceptors_.clear();
  early_.reset();
  next_.stop();
  wanted_ = false;
}

void Listening::closed() {
  serving_ = -1;
  // The next one is served as soon as it comes, whatever the pause before the next begin().
  wanted_ = true;
  if (early_) next_.start(std::chrono::milliseconds(0));
}

std::string Listening::nobody() const { return fmt::format("{}: nobody is connected", text_); }

}  // namespace charmux::backend
