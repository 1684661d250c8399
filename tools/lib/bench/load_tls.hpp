// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>

struct ssl_st;
struct ssl_ctx_st;

namespace bench {

/// One viewer's TLS, on a connected socket that it does not own.
class TlsClient {
 public:
  /// As recv(2) on a socket that does not block: 0 at the end, -1 and EAGAIN when there is nothing more.
  [[nodiscard]] ssize_t read(char* room, std::size_t size);

 private:
  friend class Tls;
  struct Free {
    void operator()(ssl_st* ssl) const;
  };
  std::unique_ptr<ssl_st, Free> ssl_;
};

/// How viewers speak TLS: 1.3 with AES-256-GCM, so that whoever serves them does the same work. They believe any
/// certificate: who serves them is known.
class Tls {
 public:
  Tls();
  /// Shakes hands, and waits for that; from then on the socket does not block. Fails where it cannot.
  [[nodiscard]] TlsClient connect(int fd) const;

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace bench
