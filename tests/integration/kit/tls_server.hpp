// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tls_end.hpp"

namespace charmux::test {

/// What a TLS server of a test is like.
struct TlsServing {
  TestCertificate own;
  std::string client_ca{};     ///< PEM: clients have to show a certificate that this vouches for.
  bool takes_anybody = false;  ///< ... or none: it asks all the same.
  bool old = false;            ///< TLS 1.2 at most.
};

/// The server's end.
class TlsServer : public TlsEnd {
 public:
  TlsServer() = default;
  TlsServer(UniqueFd fd, const TlsServing& serving);

  /// New keys for what it sends, and the other side is asked for the same (RFC 8446, section 4.6.3).
  void update_keys();
  /// close_notify, without closing.
  void say_end();
  /// Closes so that the other side gets ECONNRESET.
  void reset();
  /// The name that it was asked for (SNI); "-" for none.
  [[nodiscard]] std::string asked_for() const;
};

}  // namespace charmux::test
