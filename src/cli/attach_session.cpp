// SPDX-License-Identifier: Apache-2.0
#include "cli/attach_session.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace charmux::cli {
namespace {

constexpr std::size_t kRead = std::size_t{64} * 1024;

/// Waiting for charmuxd: more, and stdin is not read. A person's paste may be long, and the key that leaves stands
/// behind it.
constexpr std::size_t kMostFromTerminal = std::size_t{1024} * 1024;
constexpr std::size_t kMostFromPipe = std::size_t{64} * 1024;

constexpr short kBroken = POLLERR | POLLHUP | POLLNVAL;

std::string terminal_name() {
  const char* const name = std::getenv("TERM");
  return std::string(name == nullptr ? "unknown" : name).substr(0, protocol::TelnetPeer::kMaxTerminalName);
}

}  // namespace

AttachSession::AttachSession(UniqueFd connection, BytesView first, LeaveKey key, RawTerminal* terminal,
                             SignalQueue& signals)
    : connection_(std::move(connection)), keys_(key), terminal_(terminal), signals_(signals) {
  if (terminal_ != nullptr)
    peer_.have_terminal(terminal_name(), window_of(STDIN_FILENO).value_or(protocol::TelnetWindow{}));
  hear(first);
}

AttachSession::End AttachSession::run() {
  while (true)
    if (const auto end = turn()) return *end;
}

std::optional<AttachSession::End> AttachSession::turn() {
  if (finished()) return End{told_to_disconnect_ ? End::By::key : End::By::server};
  const std::size_t most = terminal_ != nullptr ? kMostFromTerminal : kMostFromPipe;
  const bool wants_stdin = stdin_open_ && to_send_.size() < most;
  const short from_server = output_.full() || server_closed_ ? 0 : POLLIN;
  const short to_server = to_send_.empty() || server_closed_ ? 0 : POLLOUT;
  // A negative fd is not looked at, and an end that cannot be taken in must not be: it would be told without end.
  const bool wants_server = from_server != 0 || to_server != 0;
  // An output that is asked for nothing still tells that nobody reads it any more.
  std::array<pollfd, 4> polled = {{{signals_.fd(), POLLIN, 0},
                                   {wants_stdin ? STDIN_FILENO : -1, POLLIN, 0},
                                   {wants_server ? connection_.get() : -1, 0, 0},
                                   {output_.fd(), static_cast<short>(output_.empty() ? 0 : POLLOUT), 0}}};
  polled[2].events = static_cast<short>(from_server | to_server);
  if (::poll(polled.data(), polled.size(), -1) < 0) {
    if (errno == EINTR) return std::nullopt;
    return End{End::By::fault, errno};
  }
  if (polled[0].revents != 0)
    if (const auto end = take_signals()) return end;
  if (polled[1].revents != 0)
    if (const auto end = read_stdin()) return end;
  if ((polled[3].revents & (POLLOUT | kBroken)) != 0)
    if (const auto end = write_output()) return end;
  if ((polled[2].revents & (POLLIN | kBroken)) != 0 && !output_.full()) read_connection();
  send_waiting();
  return std::nullopt;
}

void AttachSession::hear(BytesView bytes) {
  events_.clear();
  peer_.feed(bytes, events_, to_send_);
  for (const protocol::TelnetEvent& event : events_)
    if (const auto* data = std::get_if<protocol::TelnetData>(&event)) output_.add(data->bytes);
}

void AttachSession::type(BytesView bytes) { protocol::telnet_encode(bytes, peer_.binary_out(), wire_state_, to_send_); }

void AttachSession::watch_keys(BytesView typed) {
  while (const auto piece = server_keys_.next(typed))
    told_to_disconnect_ =
        told_to_disconnect_ || (piece->kind == frontend::KeyPiece::Kind::command && piece->key == std::byte{'.'});
}

std::optional<AttachSession::End> AttachSession::read_stdin() {
  std::array<std::byte, kRead> buffer{};
  const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return std::nullopt;
  if (got <= 0) {
    // A terminal that ends is gone, and the person with it. A pipe has said all it had, and goes on listening.
    if (terminal_ != nullptr) return End{End::By::stdin_gone};
    stdin_open_ = false;
    return std::nullopt;
  }
  const BytesView bytes(buffer.data(), static_cast<std::size_t>(got));
  if (terminal_ == nullptr) {
    type(bytes);
    return std::nullopt;
  }
  Bytes pass;
  const bool leave = keys_.read(bytes, pass);
  watch_keys(pass);
  type(pass);
  if (!leave) return std::nullopt;
  // What was typed before the key is for the guest, as far as charmuxd takes it now.
  send_waiting();
  return End{End::By::key};
}

void AttachSession::read_connection() {
  std::array<std::byte, kRead> buffer{};
  const ssize_t got = ::recv(connection_.get(), buffer.data(), buffer.size(), 0);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got <= 0)
    server_closed_ = true;
  else
    hear({buffer.data(), static_cast<std::size_t>(got)});
}

void AttachSession::send_waiting() {
  while (!to_send_.empty() && !server_closed_) {
    const ssize_t sent = ::send(connection_.get(), to_send_.data(), to_send_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      // Gone: what it said before is still to be read, so it is the reading that ends.
      if (errno != EAGAIN) to_send_.clear();
      return;
    }
    to_send_.erase(to_send_.begin(), to_send_.begin() + sent);
  }
}

std::optional<AttachSession::End> AttachSession::write_output() {
  const int error = output_.write();
  if (error == 0) {
    // Ready for nothing but an error: whoever read has gone (poll(2), POLLERR of a pipe's writing end).
    pollfd polled{output_.fd(), 0, 0};
    if (::poll(&polled, 1, 0) > 0 && (polled.revents & kBroken) != 0) return End{End::By::stdout_gone, EPIPE};
    return std::nullopt;
  }
  return End{End::By::stdout_gone, error};
}

std::optional<AttachSession::End> AttachSession::take_signals() {
  while (const auto signal = signals_.next()) {
    switch (*signal) {
      case SIGTSTP:
        if (terminal_ != nullptr) terminal_->restore();
        ::raise(SIGSTOP);
        [[fallthrough]];
      case SIGCONT:
        // While we stood still the shell had the terminal, and its window may have changed.
        if (terminal_ != nullptr) terminal_->again();
        [[fallthrough]];
      case SIGWINCH:
        if (const auto window = window_of(STDIN_FILENO)) peer_.resize(*window, to_send_);
        break;
      default: return End{End::By::signal, *signal};
    }
  }
  return std::nullopt;
}

}  // namespace charmux::cli
