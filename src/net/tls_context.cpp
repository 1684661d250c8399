// SPDX-License-Identifier: Apache-2.0
#include "net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "net/pem_file.hpp"

namespace charmux::net {
namespace {

/// Modes and options of both roles.
void set_up(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // Reading never waits for writing, nor writing for reading: nobody may begin a handshake again (TLS 1.2). An end
  // without close_notify is told apart (no SSL_OP_IGNORE_UNEXPECTED_EOF).
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  // One who sends nothing but tickets and key updates does not hold the loop: each is an `again`.
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  // 34 KiB less for each connection that is quiet. No read-ahead: what OpenSSL holds is then whole or in the kernel.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

Status trust(SSL_CTX* context, const std::string& ca) {
  if (ca.empty()) {
    // A folder of hashed names: looked into when a certificate is verified, a small file of the system's own.
    SSL_CTX_set_default_verify_paths(context);
    return {};
  }
  const Result<std::vector<Certificate>> all = read_certificates("ca", ca);
  if (!all) return tl::unexpected(all.error());
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  for (const Certificate& each : *all)
    if (X509_STORE_add_cert(store, each.get()) != 1) return failure("ca file {}: {}", ca, openssl_reason());
  // Whoever is named is trusted: an authority below another, or the server's certificate itself.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  return {};
}

Status show(SSL_CTX* context, const TlsFiles& files) {
  const Result<std::vector<Certificate>> chain = read_certificates("cert", files.cert);
  if (!chain) return tl::unexpected(chain.error());
  const bool apart = !files.key.empty();
  const std::string& key_file = apart ? files.key : files.cert;
  const Result<PrivateKey> key = read_key(apart ? "key" : "cert", key_file);
  if (!key) return tl::unexpected(key.error());
  ERR_clear_error();
  if (SSL_CTX_use_certificate(context, chain->front().get()) != 1)
    return failure("cert file {} cannot be used: {}", files.cert, openssl_reason());
  for (std::size_t i = 1; i < chain->size(); ++i) SSL_CTX_add1_chain_cert(context, (*chain)[i].get());
  if (SSL_CTX_use_PrivateKey(context, key->get()) != 1) {
    ERR_clear_error();
    return failure("the key in {} is not that of the certificate in {}: give the two that belong together", key_file,
                   files.cert);
  }
  return {};
}

}  // namespace

Result<TlsContext> TlsContext::client(const TlsFiles& files) {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (!context) return failure("TLS cannot be used: {}", openssl_reason());
  set_up(context.get());
  if (const Status good = trust(context.get(), files.ca); !good) return tl::unexpected(good.error());
  if (!files.cert.empty())
    if (const Status good = show(context.get(), files); !good) return tl::unexpected(good.error());
  return TlsContext(std::move(context));
}

}  // namespace charmux::net
