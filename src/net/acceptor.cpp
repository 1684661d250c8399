// SPDX-License-Identifier: Apache-2.0
#include "net/acceptor.hpp"

#include <fcntl.h>

#include <cerrno>
#include <chrono>

#include "loop/timer.hpp"

namespace charmux::net {
namespace {

/// Connections taken in one turn from one door, so that a storm of them does not delay everybody's output.
constexpr int kAcceptsPerTurn = 16;
/// How long a door without any descriptor rests before it looks again.
constexpr std::chrono::milliseconds kRest{100};

UniqueFd spare_descriptor() { return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

UniqueFd accept_one(int fd) { return UniqueFd(::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)); }

}  // namespace

struct Acceptor::State {
  ServerSocket socket;
  Handlers handlers;
  UniqueFd spare = spare_descriptor();
  loop::Poll poll;
  loop::Timer rest;

  State(loop::Loop& loop, ServerSocket of, Handlers to)
      : socket(std::move(of)), handlers(std::move(to)), rest(loop, [this] { poll.want(loop::kReadable); }) {}

  void take() {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      UniqueFd client = accept_one(socket.fd());
      if (client) {
        handlers.arrived(std::move(client));
      } else if (errno == EMFILE || errno == ENFILE) {
        if (!refuse_one()) return pause();
      } else if (errno != ECONNABORTED && errno != EINTR && errno != EPROTO) {
        return;  // EAGAIN: nobody more; anything else is the network's and passes
      }
    }
  }

  /// The table is full: give up the spare descriptor for the length of one refusal.
  bool refuse_one() {
    spare.reset();
    UniqueFd client = accept_one(socket.fd());
    const bool one = static_cast<bool>(client);
    if (one) handlers.refused(std::move(client));
    spare = spare_descriptor();
    return one;
  }

  /// Another thread took even the spare descriptor: look again later, since readiness would not go away.
  void pause() {
    poll.want(0);
    rest.start(kRest);
  }
};

Result<Acceptor> Acceptor::start(loop::Loop& loop, ServerSocket socket, Handlers handlers) {
  auto state = std::make_unique<State>(loop, std::move(socket), std::move(handlers));
  Result<loop::Poll> poll = loop::Poll::watch(loop, state->socket.fd(), [at = state.get()](unsigned) { at->take(); });
  if (!poll) return tl::unexpected(poll.error());
  state->poll = std::move(*poll);
  state->poll.want(loop::kReadable);
  return Acceptor(std::move(state));
}

Acceptor::Acceptor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Acceptor::Acceptor(Acceptor&&) noexcept = default;
Acceptor::~Acceptor() = default;

}  // namespace charmux::net
