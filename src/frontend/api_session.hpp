// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "access/local_users.hpp"
#include "charmux/protocol/http.hpp"
#include "frontend/api.hpp"
#include "frontend/api_peer.hpp"
#include "frontend/connection.hpp"
#include "loop/timer.hpp"

namespace charmux::frontend {

/// A client of the control socket: its requests are answered one by one, in order, and while it is owed an answer, or
/// has not taken it, it is read no further; nor is it before it is known by name. May end as something else: an upgrade
/// gives its socket away.
class ApiSession final : public Connection {
 public:
  struct Settings {
    protocol::HttpLimits limits{};
    /// From a request's first byte to its last. When hit: 408, and the connection ends.
    std::chrono::milliseconds request{std::chrono::seconds(10)};
    /// Without a request, with an answer of which nothing is taken, or after the last one. When hit: it ends. Also for
    /// the name service to say who it is. When hit: 503, and it ends.
    std::chrono::milliseconds idle{std::chrono::seconds(60)};
  };
  /// Gets the socket of a client that has been told 101, and what it sent behind its request. The wish was good when it
  /// was made; the console may have gone since.
  /// `person` is who it is.
  using Upgraded =
      std::function<void(net::Stream stream, Bytes already_received, AttachWish wish, const access::Person& person)>;

  /// `peer` is api_peer_of(stream.fd()); `users` says who it is, unless it is an owner.
  ApiSession(const Context& context, net::Stream stream, ApiPeer peer, Api& api, access::LocalUsers& users,
             const Settings& settings, Upgraded upgraded);
  ~ApiSession() override;

  /// What a client is told, before its socket is closed, that charmuxd has no room for.
  [[nodiscard]] static std::string full_answer();
  /// The same for a user who is there as often as he may be (limits.per_user).
  [[nodiscard]] static std::string too_often_answer(const std::string& user);

 private:
  /// What time is being measured.
  enum class Clock { none, request, idle };

  void received(BytesView bytes) override;
  [[nodiscard]] std::size_t read_room() const override;
  [[nodiscard]] bool half_closes() const override { return true; }
  void half_closed() override;
  void stopping() override;
  void writable() override;
  [[nodiscard]] std::string subject() const override;

  /// Nothing is to be done or sent before the next request.
  [[nodiscard]] bool done_so_far() const { return !nameless_ && !owed_ && !wish_ && outbox_empty(); }
  void known(const access::Person& person);
  void go_on();
  void ask(const protocol::HttpRequest& request);
  void answered(ApiAnswer answer);
  void say(protocol::HttpResponse response);
  void give_away();
  void watch_time();
  void time_is_up();

  ApiPeer peer_;
  Api& api_;
  const Settings settings_;
  const Upgraded upgraded_;
  protocol::HttpRequestDecoder decoder_;
  Bytes rest_;              ///< read, and not looked at yet.
  bool keep_alive_ = true;  ///< of the request that is being answered.
  bool head_ = false;       ///< it wants the answer's header alone.
  bool working_ = false;    ///< go_on() is on the stack.
  /// While the name service is asked who it is, which holds it weakly.
  std::shared_ptr<const int> nameless_;
  /// While an answer is owed. Who owes it holds it weakly: when the client has gone, the answer is dropped.
  std::shared_ptr<const int> owed_;
  std::optional<AttachWish> wish_;  ///< of an upgrade whose 101 is being sent.
  Clock clock_ = Clock::none;
  loop::Timer timer_;
};

}  // namespace charmux::frontend
