// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "charmux/base/unique_fd.hpp"
#include "test_authority.hpp"

struct ssl_ctx_st;
struct ssl_st;
struct x509_st;

namespace charmux::test {

/// One end of a TLS connection that a test emulates, by OpenSSL alone. Never waits: poll() moves what can be moved now.
class TlsEnd {
 public:
  void poll(bool reads = true);
  /// Reads at most `most` bytes; how many it got.
  std::size_t take(std::size_t most);
  /// Queues bytes to be sent as the other side takes them.
  void write(std::string_view bytes) { unsent_ += bytes; }
  [[nodiscard]] bool all_sent() const { return unsent_.empty(); }
  void close();

  [[nodiscard]] bool shaken() const { return shaken_; }
  [[nodiscard]] const std::string& received() const { return received_; }
  /// What was received so far, to be looked at once.
  [[nodiscard]] std::string take_received() { return std::exchange(received_, {}); }
  /// The other side says no more: it said so (close_notify), or has just closed; or TLS failed: then why() is not
  /// empty.
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool was_told_of_the_end() const { return told_of_the_end_; }
  /// ... or has reset the connection.
  [[nodiscard]] bool was_reset() const { return reset_; }
  /// OpenSSL's reason, "" for none.
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] explicit operator bool() const { return static_cast<bool>(fd_); }

 protected:
  TlsEnd() = default;
  /// Makes the connection of a context that is set up.
  TlsEnd(UniqueFd fd, std::shared_ptr<ssl_ctx_st> context);
  TlsEnd(TlsEnd&&) = default;
  TlsEnd& operator=(TlsEnd&&) = default;
  ~TlsEnd() = default;
  [[nodiscard]] ssl_st* ssl() const { return ssl_.get(); }
  /// Of PEM.
  [[nodiscard]] static std::shared_ptr<x509_st> certificate(const std::string& pem);
  static void show(ssl_ctx_st* context, const TestCertificate& own);

 private:
  void met(int result);
  UniqueFd fd_;
  std::shared_ptr<ssl_ctx_st> context_;
  std::shared_ptr<ssl_st> ssl_;
  std::string unsent_;
  std::string received_;
  std::string why_;
  bool shaken_ = false;
  bool ended_ = false;
  bool told_of_the_end_ = false;
  bool reset_ = false;
};

}  // namespace charmux::test
