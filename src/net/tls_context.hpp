// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "charmux/base/result.hpp"

struct ssl_ctx_st;

namespace charmux::net {

/// The files of one side of TLS, PEM, absolute paths.
struct TlsFiles {
  std::string ca;    ///< who vouches for the other side; empty: those whom the system trusts.
  std::string cert;  ///< our own certificate, those that vouch for it behind it; empty: none.
  std::string key;   ///< its key; empty: in `cert`.
};

/// What TLS connections of one kind have in common: whom is trusted, and our own certificate. TLS 1.2 at least; what
/// else is allowed is the system's policy (openssl.cnf). Unchangeable once made, shared by copies, for any thread; a
/// renewed certificate needs a new one.
class TlsContext {
 public:
  /// For connections that we make. Reads the files, so never on the loop. Errors name the file: it cannot be read,
  /// holds no certificate or key, the key is another certificate's, or has a passphrase.
  [[nodiscard]] static Result<TlsContext> client(const TlsFiles& files);

  [[nodiscard]] ssl_ctx_st* raw() const { return context_.get(); }

 private:
  explicit TlsContext(std::shared_ptr<ssl_ctx_st> context) : context_(std::move(context)) {}
  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace charmux::net
