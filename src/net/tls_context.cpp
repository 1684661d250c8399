// SPDX-License-Identifier: Apache-2.0
#include "net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "net/tls_parts.hpp"

namespace charmux::net {

Result<TlsContext> TlsContext::client(const TlsFiles& files) {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (!context) return failure("TLS cannot be used: {}", openssl_reason());
  set_up_tls(context.get());
  if (files.ca.empty()) {
    // A folder of hashed names: looked into when a certificate is verified, a small file of the system's own.
    SSL_CTX_set_default_verify_paths(context.get());
  } else if (const Result<std::vector<Certificate>> trusted = trust_file(context.get(), "ca", files.ca); !trusted) {
    return tl::unexpected(trusted.error());
  }
  if (!files.cert.empty())
    if (const Result<TlsPair> shown = show_files(context.get(), files); !shown) return tl::unexpected(shown.error());
  return TlsContext(std::move(context), {});
}

}  // namespace charmux::net
