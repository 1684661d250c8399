// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "charmux/base/result.hpp"

struct ssl_ctx_st;

namespace charmux::net {

/// The files of one side of TLS, PEM, absolute paths.
struct TlsFiles {
  std::string ca;    ///< who vouches for the other side; empty: those whom the system trusts.
  std::string cert;  ///< our own certificate, those that vouch for it behind it; empty: none.
  std::string key;   ///< its key; empty: in `cert`.
};

/// The files of a server, PEM, absolute paths.
struct TlsServerFiles {
  std::vector<TlsFiles>
      shown;              ///< certificates and keys, at least one, each `ca` of no meaning. The client's SNI chooses
                          ///< among them, and what it can verify (ECDSA, RSA); the first where no name fits.
  std::string client_ca;  ///< who vouches for clients; empty: they are asked for no certificate.
  bool client_required = false;  ///< a client without a certificate is refused.
  std::string crl;               ///< what those in client_ca have taken back; empty: nothing.
};

/// What TLS connections of one kind have in common: whom is trusted, and our own certificate. TLS 1.2 at least; what
/// else a client's side may use is the system's policy (openssl.cnf). Unchangeable once made, shared by copies, for any
/// thread; a renewed certificate needs a new one.
class TlsContext {
 public:
  /// For connections that we make. Reads the files, so never on the loop. Errors name the file: it cannot be read,
  /// holds no certificate or key, the key is another certificate's, or has a passphrase.
  [[nodiscard]] static Result<TlsContext> client(const TlsFiles& files);
  /// For connections that are made to us: TLS 1.2 and 1.3, forward secrecy and authenticated encryption only. Sessions
  /// are resumed by tickets that this context alone can read, so those of a replaced one are worth nothing. Reads the
  /// files. Errors also: a crl that is nobody's in client_ca. A certificate or a crl that is not valid now is none:
  /// see warnings().
  [[nodiscard]] static Result<TlsContext> server(const TlsServerFiles& files);

  /// What is wrong with the files and does not keep a server from serving, a sentence each: a certificate of ours that
  /// is not valid now, a crl that has expired. As it was when they were read.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  /// Of a server: whom it believes, as digests of client_ca and crl. Two that are the same believe the same clients.
  [[nodiscard]] const std::string& trust() const { return trust_; }
  [[nodiscard]] ssl_ctx_st* raw() const { return context_.get(); }

 private:
  TlsContext(std::shared_ptr<ssl_ctx_st> context, std::vector<std::string> warnings, std::string trust = {})
      : context_(std::move(context)), warnings_(std::move(warnings)), trust_(std::move(trust)) {}
  std::shared_ptr<ssl_ctx_st> context_;
  std::vector<std::string> warnings_;
  std::string trust_;
};

}  // namespace charmux::net
