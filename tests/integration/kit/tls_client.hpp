// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tls_end.hpp"

struct ssl_session_st;

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

/// The client's end. It believes any server: what that shows is looked at by the test.
class TlsClient : public TlsEnd {
 public:
  TlsClient() = default;
  TlsClient(UniqueFd fd, const TlsVisiting& visiting);

  /// Asks for a new handshake (TLS 1.2); whether OpenSSL let it begin.
  bool renegotiate();
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
};

}  // namespace charmux::test
