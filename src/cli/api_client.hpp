// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "charmux/base/bytes.hpp"
#include "charmux/base/unique_fd.hpp"
#include "charmux/protocol/http.hpp"
#include "cli/outcome.hpp"

namespace charmux::cli {

/// charmuxd's local API (docs/api.md) as a client calls it: one request, and its answer is waited for. Keeps the
/// connection for the next. Failures: kNoDaemon when nothing answers, or what answers is no charmuxd; kNotAllowed when
/// the socket is not for this user. An answer with an error status is an answer; refusal() makes a Failure of it.
class ApiClient {
 public:
  /// Longest time without a byte from a charmuxd that owes an answer.
  static constexpr std::chrono::seconds kPatience{10};
  /// The most that an answer may have: a whole history of the largest size, with room.
  static constexpr std::size_t kMostBody = std::size_t{2} << 30U;

  explicit ApiClient(std::string socket) : socket_(std::move(socket)) {}

  [[nodiscard]] Outcome<protocol::HttpResponse> get(const std::string& target);
  /// Never sent twice.
  [[nodiscard]] Outcome<protocol::HttpResponse> post(const std::string& target);

  /// A connection that is no longer HTTP's.
  struct Session {
    UniqueFd fd;
    Bytes first;  ///< what came right behind the header
  };
  /// The session, or the answer that says why there is none.
  struct Upgraded {
    std::optional<Session> session;
    protocol::HttpResponse answer;
  };
  [[nodiscard]] Outcome<Upgraded> upgrade(const std::string& target, const std::string& protocol);

  [[nodiscard]] const std::string& socket() const { return socket_; }

 private:
  [[nodiscard]] Outcome<void> connect();
  [[nodiscard]] Outcome<void> send(std::string_view text);
  /// Reads one answer; what is behind it goes to `rest`. `fresh`: an end before the first byte is a failure.
  [[nodiscard]] Outcome<std::optional<protocol::HttpResponse>> receive(bool fresh, Bytes& rest);
  [[nodiscard]] Outcome<protocol::HttpResponse> exchange(const protocol::HttpRequest& request, Bytes& rest);

  std::string socket_;
  UniqueFd fd_;
};

}  // namespace charmux::cli
