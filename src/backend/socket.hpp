// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "backend/stream_opener.hpp"
#include "loop/poll.hpp"
#include "loop/timer.hpp"
#include "loop/work.hpp"
#include "net/endpoint.hpp"

namespace charmux::backend {

/// A QEMU chardev that listens (`server=on`), UNIX or TCP, to which this connects.
///
/// Such a chardev serves one client: the next one's connection succeeds in the kernel's backlog and hears nothing (so a
/// console is not known to be live before its first byte); on UNIX a third gets EAGAIN, on TCP it is never answered.
/// Both mean "held by another client".
class Socket final : public StreamOpener {
 public:
  /// `at` is a Unix or a Tcp.
  Socket(loop::Loop& loop, std::chrono::milliseconds connect_timeout, address::Backend at, Owner& owner);

  void begin() override;
  void abandon() override;
  [[nodiscard]] bool may_be_queued() const override { return true; }

 private:
  void look_up();
  /// Connects to the next address of a name, in the resolver's order (QEMU listens on one of them). False: no more.
  bool try_next();
  void connect_to(const net::Endpoint& at);
  void connection_ready();
  void held();
  void cannot_connect(int error_number);

  loop::Loop& loop_;
  const std::chrono::milliseconds connect_timeout_;
  const address::Backend address_;
  Owner& owner_;
  loop::Work lookup_;
  std::vector<net::Endpoint> untried_;
  UniqueFd connecting_;
  loop::Poll connect_poll_;
  loop::Timer timeout_;
};

}  // namespace charmux::backend
