// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

struct x509_st;

namespace charmux::net {

/// Who the other side is, by a certificate that was verified: as plain values, for whoever knows names.
struct PeerCertificate {
  std::string subject;              ///< "CN=oncall,O=Lab" (RFC 4514, UTF-8 kept)
  std::vector<std::string> dns;     ///< the subjectAltName's
  std::vector<std::string> emails;  ///< the subjectAltName's

  /// What stands in it, whether it was verified or not. A name with a NUL in it is left out: who compares it as far as
  /// that would take it for another's.
  [[nodiscard]] static PeerCertificate of(const x509_st* certificate);
};

}  // namespace charmux::net
