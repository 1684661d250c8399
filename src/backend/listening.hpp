// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "backend/opener.hpp"
#include "charmux/base/units.hpp"
#include "loop/timer.hpp"
#include "loop/work.hpp"
#include "net/acceptor.hpp"
#include "net/endpoint.hpp"

namespace charmux::backend {

/// A place, UNIX or TCP, at which the other side connects to us: a chardev in client mode (QEMU: `server=off`, with
/// `reconnect=`), a device, a program. It is served for as long as it stays; whoever else connects meanwhile is closed
/// at once, which is said.
class Listening final : public Opener {
 public:
  /// `at` is a UnixListen or a TcpListen.
  Listening(loop::Loop& loop, const address::Backend& at, Owner& owner);

  void begin() override;
  /// Nobody can connect until begin() is called again.
  void abandon() override;

 private:
  void look_up(const address::HostPort& host);
  void listen(const std::vector<net::Endpoint>& endpoints);
  void arrived(UniqueFd peer);
  void serve(UniqueFd peer);
  void closed();
  void turned_away(const char* why);
  [[nodiscard]] std::string nobody() const;

  loop::Loop& loop_;
  const address::Place at_;
  const std::string text_;
  Owner& owner_;
  loop::Work lookup_;
  std::vector<net::Acceptor> acceptors_;
  bool wanted_ = false;  ///< whoever comes is served.
  int serving_ = -1;     ///< the descriptor of the one that is, which its channel owns.
  UniqueFd early_;       ///< the next one, which came before that one's end was read,
  loop::Timer next_;     ///< ... and is served behind it.
  MonoTime next_remark_{};
};

}  // namespace charmux::backend
