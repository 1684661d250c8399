// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "charmux/base/bytes.hpp"
#include "charmux/base/unique_fd.hpp"
#include "net/io.hpp"
#include "net/tcp_window.hpp"

namespace charmux::net {

/// What a client was sent and has not acknowledged; what waits only for its window is none.
struct Outstanding {
  std::size_t bytes = 0;  ///< in the kernel's queue, sent or not.
  std::chrono::milliseconds silent{
      0};  ///< since its machine last acknowledged anything (TCP_INFO, tcpi_last_ack_recv).
};

/// A connected client's socket, non-blocking. Owned by one session; for the loop's thread. Readiness is the owner's
/// matter (a loop::Poll on fd(), destroyed before this).
class Stream {
 public:
  /// `send_queue`: the most bytes that wait unsent in the kernel's queue, so that what a slow viewer sees is not old
  /// and its interrupt key is prompt (TCP_NOTSENT_LOWAT; UNIX: SO_SNDBUF).
  Stream(UniqueFd fd, std::size_t send_queue);

  /// As much as the kernel takes now. A peer that is gone is Io::error, never a signal.
  [[nodiscard]] Io send(BytesView bytes);
  [[nodiscard]] Io recv(BytesSpan room);
  /// Tells the peer that nothing more will come; what was sent before still arrives.
  void end_sending();

  /// On a UNIX socket nothing ever is: a client that is gone has closed it.
  [[nodiscard]] Outstanding outstanding() const;
  /// How far the client has read. None on a UNIX socket, where what is sent and not read is `send_queue` at most.
  [[nodiscard]] std::optional<PeerReads> reads() const;

  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Who is there: "127.0.0.1:40001", "[::1]:40001", or "uid 1000" on a UNIX socket (SO_PEERCRED).
  [[nodiscard]] const std::string& peer() const { return peer_; }

 private:
  UniqueFd fd_;
  bool tcp_ = false;
  std::string peer_;
};

}  // namespace charmux::net
