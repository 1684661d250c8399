// SPDX-License-Identifier: Apache-2.0
#include "backend/tls_remedy.hpp"

#include <fmt/core.h>

namespace charmux::backend {
namespace {

using Kind = net::TlsFailure::Kind;

std::string about_our_certificate(const std::string& what, bool asked, const address::TlsTerms& terms) {
  if (!asked) return what + "; its log says why";
  if (terms.cert.empty()) return "it wants a client certificate; give cert=FILE and key=FILE";
  return fmt::format("it does not take the certificate in {}: {}; its log says why", terms.cert, what);
}

}  // namespace

std::string tls_reason(const net::TlsSession& tls, const address::TlsTerms& terms) {
  const net::TlsFailure& why = tls.why();
  const bool asked = tls.was_asked_for_certificate();
  switch (why.kind) {
    case Kind::none: return about_our_certificate("it closed the connection after the handshake", asked, terms);
    case Kind::expired: return why.text + "; have it renewed";
    case Kind::not_yet_valid: return why.text + "; compare the clocks of the two machines";
    case Kind::wrong_name: return why.text + "; connect to a name that it has, or give that as verify=NAME";
    case Kind::self_signed: return why.text + "; give ca=FILE, a copy of it";
    case Kind::untrusted:
      if (terms.ca.empty()) return why.text + "; give ca=FILE with that certificate";
      return fmt::format("{} by {}; give ca=FILE with that certificate", why.text, terms.ca);
    case Kind::certificate_wanted:
    case Kind::certificate_refused: return about_our_certificate(why.text, asked, terms);
    case Kind::no_tls: return why.text + "; use tcp: or telnet:, or correct the port";
    case Kind::no_common_version: return why.text + "; it has to be brought up to date";
    case Kind::revoked:
    case Kind::revocation_unknown:
    case Kind::bad_certificate: return why.text + "; have it replaced";
    case Kind::certificate_missing:
    case Kind::ended_early:
    case Kind::other: break;
  }
  return why.text + "; its log may say why";
}

}  // namespace charmux::backend
