// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "charmux/base/unique_fd.hpp"
#include "test_authority.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace charmux::test {

/// What a TLS server of a test is like.
struct TlsServing {
  TestCertificate own;
  std::string client_ca{};     ///< PEM: clients have to show a certificate that this vouches for.
  bool takes_anybody = false;  ///< ... or none: it asks all the same.
  bool old = false;            ///< TLS 1.2 at most.
};

/// The server's end of a TLS connection that a test emulates. Never waits: poll() moves what can be moved now.
class TlsServer {
 public:
  TlsServer() = default;
  TlsServer(UniqueFd fd, const TlsServing& serving);
  TlsServer(TlsServer&&) = default;
  TlsServer& operator=(TlsServer&&) = default;

  void poll(bool reads = true);
  /// Reads at most `most` bytes; how many it got.
  std::size_t take(std::size_t most);
  /// Queues bytes to be sent as the other side takes them.
  void write(std::string_view bytes) { unsent_ += bytes; }
  [[nodiscard]] bool all_sent() const { return unsent_.empty(); }
  /// New keys for what it sends, and the other side is asked for the same (RFC 8446, section 4.6.3).
  void update_keys();
  /// close_notify, without closing.
  void say_end();
  void close();
  /// Closes so that the other side gets ECONNRESET.
  void reset();

  [[nodiscard]] bool shaken() const { return shaken_; }
  [[nodiscard]] const std::string& received() const { return received_; }
  /// What was received so far, to be looked at once.
  [[nodiscard]] std::string take_received() { return std::exchange(received_, {}); }
  /// The other side says no more: it said so (close_notify), or has just closed.
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool was_told_of_the_end() const { return told_of_the_end_; }
  /// ... or has reset the connection.
  [[nodiscard]] bool was_reset() const { return reset_; }
  /// The name that it was asked for (SNI); "-" for none.
  [[nodiscard]] std::string asked_for() const;
  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] explicit operator bool() const { return static_cast<bool>(fd_); }

 private:
  void met(int result);
  UniqueFd fd_;
  std::shared_ptr<ssl_ctx_st> context_;
  std::shared_ptr<ssl_st> ssl_;
  std::string unsent_;
  std::string received_;
  bool shaken_ = false;
  bool ended_ = false;
  bool told_of_the_end_ = false;
  bool reset_ = false;
};

}  // namespace charmux::test
