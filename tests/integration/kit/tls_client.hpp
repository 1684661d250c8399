// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "charmux/base/unique_fd.hpp"
#include "test_authority.hpp"

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;

namespace charmux::test {

/// What a TLS client of a test is like.
struct TlsVisiting {
  enum class Version { oldest, tls12, tls13, any };  ///< that version alone; oldest: TLS 1.1.
  std::string name{};                                ///< what it asks for (SNI); empty: nothing.
  TestCertificate own{};                             ///< what it shows; the chain behind it is `above`.
  std::string above{};                               ///< PEM, one certificate.
  std::string signatures{};                          ///< what it can verify, as SSL_set1_sigalgs_list; empty: all.
  std::string ciphers{};                             ///< of TLS 1.2, as SSL_set_cipher_list; empty: OpenSSL's own.
  Version version = Version::any;
  std::shared_ptr<ssl_session_st> resumed{};  ///< a session to go on with.
};

/// The client's end of a TLS connection that a test emulates. It believes any server: what that shows is looked at by
/// the test. Never waits: poll() moves what can be moved now.
class TlsClient {
 public:
  TlsClient() = default;
  TlsClient(UniqueFd fd, const TlsVisiting& visiting);
  TlsClient(TlsClient&&) = default;
  TlsClient& operator=(TlsClient&&) = default;

  void poll(bool reads = true);
  /// Queues bytes to be sent as the other side takes them.
  void write(std::string_view bytes) { unsent_ += bytes; }
  [[nodiscard]] bool all_sent() const { return unsent_.empty(); }
  /// Asks for a new handshake (TLS 1.2); whether OpenSSL let it begin.
  bool renegotiate();
  void close();

  [[nodiscard]] bool shaken() const { return shaken_; }
  [[nodiscard]] const std::string& received() const { return received_; }
  /// The other side says no more, or TLS failed: then why() is not empty.
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool was_told_of_the_end() const { return told_of_the_end_; }
  /// OpenSSL's reason, "" for none.
  [[nodiscard]] const std::string& why() const { return why_; }
  /// "TLSv1.3".
  [[nodiscard]] std::string version() const;
  [[nodiscard]] std::string cipher() const;
  /// "RSA vm.example": the kind of key, and the common name, of what the server shows. How many certificates it sends.
  [[nodiscard]] std::string shown() const;
  [[nodiscard]] int chain_length() const;
  /// The common names of those whose certificates the server would believe.
  [[nodiscard]] std::string asked_for() const;
  [[nodiscard]] bool was_resumed() const;
  /// To be resumed: TLS 1.3 has it when something was read.
  [[nodiscard]] std::shared_ptr<ssl_session_st> session() const;
  [[nodiscard]] int fd() const { return fd_.get(); }

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
};

}  // namespace charmux::test
