// SPDX-License-Identifier: Apache-2.0
#include "cli/api_client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "charmux/base/text.hpp"

namespace charmux::cli {
namespace {

using protocol::HttpRequest;
using protocol::HttpResponse;
using std::chrono::milliseconds;

/// A full backlog of a UNIX socket refuses at once (EAGAIN), and tells nobody when it has room again.
constexpr int kRetryConnectMs = 50;

std::string spelled(const std::string& socket) { return printable(socket); }

tl::unexpected<Failure> not_there(const std::string& socket, int error) {
  if (error == EACCES || error == EPERM)
    return stop(kNotAllowed,
                "{}: {}; run charmux as root, as the user that charmuxd runs as, or as one of the group charmux",
                spelled(socket), errno_text(error));
  return stop(kNoDaemon,
              "no charmuxd answers at {}: {}; start it (systemctl start charmux) or name its socket with --socket",
              spelled(socket), errno_text(error));
}

tl::unexpected<Failure> went_away(const std::string& socket) {
  return stop(kNoDaemon, "charmuxd at {} went away before it answered; see its log, and try again", spelled(socket));
}

/// Waits for `events`; false when `patience` is over.
bool wait_for(int fd, short events) {
  const auto deadline = std::chrono::steady_clock::now() + ApiClient::kPatience;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waited{fd, events, 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;  // what is wrong, the next call on the fd says
  }
}

}  // namespace

Outcome<void> ApiClient::connect() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path)
    return stop(kUsage, "'{}' is no path of a UNIX socket: it has to have from 1 to 107 bytes", spelled(socket_));
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    // An attempt that was refused for a full backlog leaves a socket that may be used again; a new one is as cheap.
    fd_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd_) return not_there(socket_, errno);
    if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return {};
    const int error = errno;
    if (error != EAGAIN && error != EINTR) {
      fd_.reset();
      return not_there(socket_, error);
    }
    if (std::chrono::steady_clock::now() >= deadline) return not_there(socket_, ETIMEDOUT);
    ::poll(nullptr, 0, kRetryConnectMs);
  }
}

Outcome<void> ApiClient::send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      text.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (!wait_for(fd_.get(), POLLOUT)) return went_away(socket_);
    } else if (errno != EINTR) {
      return {};  // it hung up: what it said before that is still to be read
    }
  }
  return {};
}

Outcome<std::optional<HttpResponse>> ApiClient::receive(bool fresh, Bytes& rest) {
  protocol::HttpResponseDecoder decoder(protocol::HttpLimits{protocol::HttpLimits{}.header, kMostBody});
  std::array<std::byte, std::size_t{64} * 1024> buffer{};
  bool begun = false;
  while (true) {
    if (!wait_for(fd_.get(), POLLIN))
      return stop(kNoDaemon, "charmuxd at {} has not answered for {} s; see its log, and try again", spelled(socket_),
                  kPatience.count());
    const ssize_t got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) {
      fd_.reset();
      if (begun || fresh) return went_away(socket_);
      return std::nullopt;
    }
    begun = true;
    BytesView bytes(buffer.data(), static_cast<std::size_t>(got));
    auto response = decoder.feed(bytes);
    if (!response)
      return stop(kNoDaemon, "what answers at {} is no charmuxd: {}; name charmuxd's socket with --socket",
                  spelled(socket_), printable(response.error().text));
    if (!*response) continue;
    append(rest, bytes);
    return std::move(*response);
  }
}

Outcome<HttpResponse> ApiClient::exchange(const HttpRequest& request, Bytes& rest) {
  const std::string wire = to_wire(request, {});
  const bool repeatable = request.method == "GET";
  while (true) {
    // A connection that charmuxd has left idle long enough is closed; that is seen only when it is used.
    if (!repeatable) fd_.reset();
    const bool fresh = !fd_;
    if (fresh)
      if (auto connected = connect(); !connected) return tl::unexpected(connected.error());
    if (auto sent = send(wire); !sent) return tl::unexpected(sent.error());
    auto answer = receive(fresh, rest);
    if (!answer) {
      fd_.reset();
      return tl::unexpected(answer.error());
    }
    if (!*answer) continue;
    if (!(*answer)->keep_alive && (*answer)->status != 101) fd_.reset();
    return std::move(**answer);
  }
}

Outcome<HttpResponse> ApiClient::get(const std::string& target) {
  HttpRequest request;
  request.method = "GET";
  request.target = target;
  Bytes rest;
  return exchange(request, rest);
}

Outcome<HttpResponse> ApiClient::post(const std::string& target) {
  HttpRequest request;
  request.method = "POST";
  request.target = target;
  Bytes rest;
  return exchange(request, rest);
}

Outcome<ApiClient::Upgraded> ApiClient::upgrade(const std::string& target, const std::string& protocol) {
  HttpRequest request;
  request.method = "GET";
  request.target = target;
  request.upgrade = protocol;
  Bytes rest;
  auto answer = exchange(request, rest);
  if (!answer) return tl::unexpected(answer.error());
  Upgraded out;
  if (answer->status == 101) {
    if (!fd_) return went_away(socket_);
    out.session.emplace(Session{std::move(fd_), std::move(rest)});
  }
  out.answer = std::move(*answer);
  return out;
}

}  // namespace charmux::cli
