// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <cstddef>

namespace charmux::net {

/// What one attempt to read or write without waiting came to.
struct Io {
  enum class Kind {
    moved,  ///< `bytes` of them (at least one) were taken or given.
    again,  ///< nothing now: wait until the descriptor is ready.
    end,    ///< the other side will send no more.
    error,  ///< `error_number` says why nothing will ever move again.
  };
  Kind kind;
  std::size_t bytes = 0;
  int error_number = 0;

  /// From the result of read(2), recv(2), write(2) or send(2).
  [[nodiscard]] static Io from(ssize_t result) {
    if (result > 0) return {Kind::moved, static_cast<std::size_t>(result)};
    if (result == 0) return {Kind::end};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {Kind::again};
    return {Kind::error, 0, errno};
  }
};

}  // namespace charmux::net
