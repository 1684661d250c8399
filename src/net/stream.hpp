// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "charmux/base/bytes.hpp"
#include "charmux/base/unique_fd.hpp"
#include "net/io.hpp"

namespace charmux::net {

/// The most that waits unsent in a viewer's kernel queue: what a slow viewer sees is at most this old, and its
/// interrupt key is prompt. Measured: no throughput is lost with it.
inline constexpr int kSendQueue = 64 * 1024;

/// A connected client's socket, non-blocking. Owned by one session; for the loop's thread. Readiness is the owner's
/// matter (a loop::Poll on fd(), destroyed before this).
class Stream {
 public:
  explicit Stream(UniqueFd fd);

  /// As much as the kernel takes now. A peer that is gone is Io::error, never a signal.
  [[nodiscard]] Io send(BytesView bytes);
  [[nodiscard]] Io recv(BytesSpan room);
  /// Tells the peer that nothing more will come; what was sent before still arrives.
  void end_sending();

  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Who is there: "127.0.0.1:40001", "[::1]:40001", or "uid 1000" on a UNIX socket (SO_PEERCRED).
  [[nodiscard]] const std::string& peer() const { return peer_; }

 private:
  UniqueFd fd_;
  std::string peer_;
};

}  // namespace charmux::net
