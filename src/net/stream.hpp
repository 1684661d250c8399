// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "charmux/base/bytes.hpp"
#include "charmux/base/unique_fd.hpp"
#include "net/io.hpp"
#include "net/tcp_window.hpp"
#include "net/tls_session.hpp"

namespace charmux::net {

/// What a client was sent and has not acknowledged; what waits only for its window is none.
struct Outstanding {
  std::size_t bytes = 0;  ///< in the kernel's queue, sent or not.
  std::chrono::milliseconds silent{
      0};  ///< since its machine last acknowledged anything (TCP_INFO, tcpi_last_ack_recv).
};

/// Where TCP's urgent data ends, as seen from what is read next.
enum class Urgent {
  none,   ///< there is none that has come.
  ahead,  ///< behind what is read next: a read ends before its last byte.
  here,   ///< its last byte is the next to be read.
};

/// A connected socket, non-blocking: a client's, or one that we connected. Plain, or TLS from the day it is told.
/// Owned by one session or channel; for the loop's thread. Readiness is the owner's matter (a loop::Poll on fd(),
/// destroyed before this), who polls for what poll_for() says.
class Stream {
 public:
  /// `send_queue`: the most bytes that wait unsent in the kernel's queue, so that what a slow viewer sees is not old
  /// and its interrupt key is prompt (TCP_NOTSENT_LOWAT; UNIX: SO_SNDBUF).
  Stream(UniqueFd fd, std::size_t send_queue);

  /// From now on this is the client's side of TLS; handshake() comes first.
  [[nodiscard]] Status start_tls(const TlsContext& context, const TlsPeer& peer);
  /// The same for the server's side.
  [[nodiscard]] Status accept_tls(const TlsContext& context);
  /// See TlsSession. Plain: nothing to be done.
  [[nodiscard]] Io handshake() { return tls_ ? tls_->handshake() : Io{Io::Kind::moved}; }

  /// As much as the kernel takes now; TLS: what is taken may still be owed. A peer that is gone is Io::error, never a
  /// signal.
  [[nodiscard]] Io send(BytesView bytes);
  [[nodiscard]] Io recv(BytesSpan room);
  /// Whether recv() would have something, which stays there.
  [[nodiscard]] Io look();
  /// Only what has come is known of: while its sender is kept from sending, the kernel says nothing of it.
  [[nodiscard]] Urgent urgent() const;
  /// Whether there can be urgent data: over TLS or a UNIX socket there is none.
  [[nodiscard]] bool may_be_urgent() const { return tcp_ && !tls_; }
  /// Tells the peer that nothing more will come; what was sent before still arrives.
  void end_sending();

  /// What fd() is to be polled for, for an owner who wants these (loop::kReadable, loop::kWritable). When it is
  /// writable, flush() comes first. A handshake wants kReadable.
  [[nodiscard]] unsigned poll_for(unsigned interest) const;
  /// Sends what is owed. It is writable for its owner when nothing is owed any more.
  void flush();
  [[nodiscard]] bool owes() const { return tls_ && tls_->owes(); }
  /// Something can be had by recv() that no poll tells of.
  [[nodiscard]] bool has_pending() const { return tls_ && tls_->has_pending(); }
  /// What there is to be known of it; null when plain.
  [[nodiscard]] const TlsSession* tls() const { return tls_.get(); }

  /// On a UNIX socket nothing ever is: a client that is gone has closed it.
  [[nodiscard]] Outstanding outstanding() const;
  /// How far the client has read. None on a UNIX socket, where what is sent and not read is `send_queue` at most.
  [[nodiscard]] std::optional<PeerReads> reads() const;

  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Who is there: "127.0.0.1:40001", "[::1]:40001", or "uid 1000" on a UNIX socket (SO_PEERCRED).
  [[nodiscard]] const std::string& peer() const { return peer_; }

 private:
  UniqueFd fd_;
  std::unique_ptr<TlsSession> tls_;
  bool ending_ = false;  ///< the kernel is told when nothing is owed any more.
  bool tcp_ = false;
  std::string peer_;
};

}  // namespace charmux::net
