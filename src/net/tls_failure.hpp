// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

struct x509_store_ctx_st;

namespace charmux::net {

/// Why TLS was not to be had with the other side, or no longer: a kind, for whoever knows what to do about it, and what
/// is wrong in words, the middle of a sentence. What a certificate says of itself is the other side's word: made
/// printable, and cut.
struct TlsFailure {
  enum class Kind {
    none,
    expired,              ///< "its certificate expired on 2026-01-02 03:04:05 UTC"
    not_yet_valid,        ///< the same with the first day.
    wrong_name,           ///< its certificate is another's; the text says whose.
    untrusted,            ///< nobody that we trust vouches for its certificate.
    self_signed,          ///< nobody but itself does.
    revoked,              ///< the authority has taken its certificate back.
    revocation_unknown,   ///< the CRL that would tell has expired, or there is none of its authority.
    bad_certificate,      ///< anything else that OpenSSL finds wrong with it.
    certificate_missing,  ///< it showed no certificate, and has to.
    certificate_wanted,   ///< it wants a certificate of ours and was shown none.
    certificate_refused,  ///< it does not take the one that it was shown, or what it says sounds like that.
    no_tls,               ///< what answers speaks something else.
    no_common_version,    ///< it speaks no version of TLS that we do.
    ended_early,          ///< it closed the connection before the handshake was done.
    other,
  };
  Kind kind = Kind::none;
  std::string text;

  /// Of a certificate that is being verified (a verify callback's context). `wanted`: the name that it has to have.
  [[nodiscard]] static TlsFailure of(x509_store_ctx_st* verifying, const std::string& wanted);
  /// What the other side is.
  enum class Side { server, client };
  /// Of the call that failed just now, by OpenSSL's queue of this thread, which is emptied.
  [[nodiscard]] static TlsFailure of_call(Side other);
  /// Of a client who closed the connection before the handshake was done.
  [[nodiscard]] static TlsFailure of_early_end();
};

}  // namespace charmux::net
