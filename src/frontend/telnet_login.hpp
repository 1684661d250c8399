// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "frontend/login.hpp"
#include "frontend/telnet_session.hpp"
#include "loop/timer.hpp"

namespace charmux::frontend {

/// A telnet client that has to say first who it is.
struct TelnetSession::LoggingIn {
  LoggingIn(loop::Loop& loop, Reception of, std::function<void()> late)
      : reception(std::move(of)), timer(loop, std::move(late)) {}

  Login login;
  Reception reception;
  loop::Timer timer;
  std::size_t tried = 0;
  /// While a password is being looked at. Who does holds it weakly: when the client has gone, it need not be.
  std::shared_ptr<const void> wanted{};
  Bytes ahead{};       ///< typed behind a password that is being looked at.
  bool known = false;  ///< only the end of its last Enter may still come.
};

}  // namespace charmux::frontend
