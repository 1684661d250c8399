// SPDX-License-Identifier: Apache-2.0
#include "net/tls_failure.hpp"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "net/certificate_text.hpp"
#include "net/pem_file.hpp"

namespace charmux::net {
namespace {

using Kind = TlsFailure::Kind;

/// The failing certificate is the other side's own, or one of those that vouch for it.
std::string which(const X509* certificate, int depth) {
  if (depth == 0) return "its certificate";
  return fmt::format("the certificate of {}, which vouches for it,", name_text(X509_get_subject_name(certificate)));
}

/// When it was taken back, as the CRL that was met says.
TlsFailure revoked(x509_store_ctx_st* verifying, const std::string& its) {
  X509_REVOKED* entry = nullptr;
  X509_CRL* const crl = X509_STORE_CTX_get0_current_crl(verifying);
  const int found = crl == nullptr ? 0 : X509_CRL_get0_by_cert(crl, &entry, X509_STORE_CTX_get_current_cert(verifying));
  if (found == 0 || entry == nullptr) return {Kind::revoked, its + " was revoked"};
  return {Kind::revoked, fmt::format("{} was revoked on {}", its, date_text(X509_REVOKED_get0_revocationDate(entry)))};
}

/// Why nobody knows whether it was taken back.
TlsFailure unknown(x509_store_ctx_st* verifying, const std::string& its) {
  const X509_CRL* const crl = X509_STORE_CTX_get0_current_crl(verifying);
  const X509* const certificate = X509_STORE_CTX_get_current_cert(verifying);
  if (X509_STORE_CTX_get_error(verifying) == X509_V_ERR_CRL_HAS_EXPIRED && crl != nullptr)
    return {Kind::revocation_unknown,
            fmt::format("{} cannot be looked up: the crl of {} expired on {}", its, name_text(X509_CRL_get_issuer(crl)),
                        date_text(X509_CRL_get0_nextUpdate(crl)))};
  return {Kind::revocation_unknown, fmt::format("{} cannot be looked up: the crl file has nothing of {}, who issued it",
                                                its, name_text(X509_get_issuer_name(certificate)))};
}

/// OpenSSL's reasons for alerts are this above the alert's number (RFC 8446, section 6).
constexpr int alert(int number) { return SSL_AD_REASON_OFFSET + number; }

Kind kind_of(int reason) {
  switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_BAD_RECORD_TYPE:
    case SSL_R_UNEXPECTED_MESSAGE:
    case SSL_R_PACKET_LENGTH_TOO_LONG: return Kind::no_tls;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_VERSION_TOO_LOW:
    case alert(SSL_AD_PROTOCOL_VERSION): return Kind::no_common_version;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return Kind::certificate_missing;
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return Kind::certificate_wanted;
    case alert(SSL_AD_HANDSHAKE_FAILURE):
    case alert(SSL_AD_BAD_CERTIFICATE):
    case alert(SSL_AD_UNSUPPORTED_CERTIFICATE):
    case alert(SSL_AD_CERTIFICATE_REVOKED):
    case alert(SSL_AD_CERTIFICATE_EXPIRED):
    case alert(SSL_AD_CERTIFICATE_UNKNOWN):
    case alert(SSL_AD_UNKNOWN_CA):
    case alert(SSL_AD_ACCESS_DENIED): return Kind::certificate_refused;
    default: return Kind::other;
  }
}

}  // namespace

TlsFailure TlsFailure::of(x509_store_ctx_st* verifying, const std::string& wanted) {
  const int error = X509_STORE_CTX_get_error(verifying);
  const X509* const certificate = X509_STORE_CTX_get_current_cert(verifying);
  const std::string its = which(certificate, X509_STORE_CTX_get_error_depth(verifying));
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {Kind::expired, fmt::format("{} expired on {}", its, date_text(X509_get0_notAfter(certificate)))};
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {Kind::not_yet_valid,
              fmt::format("{} is not valid before {}", its, date_text(X509_get0_notBefore(certificate)))};
    case X509_V_ERR_CERT_REVOKED: return revoked(verifying, its);
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_UNABLE_TO_GET_CRL: return unknown(verifying, its);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {Kind::wrong_name, fmt::format("its certificate is for {}, not for {}", owner_text(certificate), wanted)};
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return {Kind::self_signed, "its certificate is signed by itself alone, and not trusted"};
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return {Kind::untrusted, fmt::format("its certificate is vouched for by {}, who is not trusted",
                                           name_text(X509_get_issuer_name(certificate)))};
    default:
      return {Kind::bad_certificate, fmt::format("{} is not valid: {}", its, X509_verify_cert_error_string(error))};
  }
}

TlsFailure TlsFailure::of_call(Side other) {
  const Kind kind = kind_of(ERR_GET_REASON(ERR_peek_error()));
  const std::string reason = openssl_reason();
  switch (kind) {
    case Kind::no_tls:
      return {kind, other == Side::client ? "it does not speak TLS" : "what answers there does not speak TLS"};
    case Kind::certificate_missing: return {kind, "it showed no certificate, which this listener wants"};
    case Kind::no_common_version: return {kind, "it speaks no version of TLS that charmuxd does (1.2 and 1.3)"};
    case Kind::certificate_wanted: return {kind, "it wants a client certificate"};
    case Kind::certificate_refused: return {kind, fmt::format("it refused the connection ({})", reason)};
    default: return {Kind::other, fmt::format("TLS failed: {}", reason)};
  }
}

TlsFailure TlsFailure::of_early_end() {
  return {Kind::ended_early, "it closed the connection before the TLS handshake was done"};
}

}  // namespace charmux::net
