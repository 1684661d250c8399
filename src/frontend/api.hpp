// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "charmux/protocol/http.hpp"
#include "frontend/api_house.hpp"
#include "frontend/api_peer.hpp"
#include "frontend/gate.hpp"

namespace charmux::frontend {

/// How somebody who upgrades wants to watch a console.
struct AttachWish {
  enum class Wire { telnet, raw };
  enum class Mode {
    watch,
    control,  ///< types if nobody does
    force,    ///< takes the pen
  };
  std::string console;
  std::string user;  ///< who asks
  Wire wire = Wire::telnet;
  Mode mode = Mode::control;
  std::optional<std::uint64_t> replay{};  ///< bytes of history to begin with; not together with `since`
  std::optional<std::uint64_t> since{};   ///< the offset to begin at
  bool keys = true;                       ///< of telnet: ^Ec is followed by a command
  friend bool operator==(const AttachWish&, const AttachWish&) = default;
};

/// The connection becomes a session once `response`, a 101, has been sent.
struct ApiUpgrade {
  protocol::HttpResponse response;
  AttachWish wish;
};
using ApiAnswer = std::variant<protocol::HttpResponse, ApiUpgrade>;

/// Answers the requests of the local API (docs/api.md), each as the rules stand when it is asked: a console that
/// somebody may not watch is not there for him. Knows no connection. For the loop's thread.
class Api {
 public:
  /// Bytes of a broadcast's text. When hit: 400.
  static constexpr std::size_t kMostBroadcast = 1024;

  /// `gate`: whose rules hold, and where it is noted who wanted what he may not.
  Api(ApiHouse& house, Gate& gate) : house_(house), gate_(gate) {}

  /// `peer` is who asks, and known by name. `reply` is called once, from inside this or later, or never if the daemon
  /// stops first; it may outlive who asked.
  using Reply = std::function<void(ApiAnswer)>;
  void answer(const protocol::HttpRequest& request, const ApiPeer& peer, const Reply& reply);

  /// An error as all of them look, with its status.
  [[nodiscard]] static protocol::HttpResponse error(unsigned status, std::string_view text, std::string_view hint = {});

 private:
  ApiHouse& house_;
  Gate& gate_;
};

}  // namespace charmux::frontend
