// SPDX-License-Identifier: Apache-2.0
#include "net/tls_parts.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

namespace charmux::net {

void set_up_tls(ssl_ctx_st* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // Reading never waits for writing, nor writing for reading: nobody may begin a handshake again (TLS 1.2). An end
  // without close_notify is told apart (no SSL_OP_IGNORE_UNEXPECTED_EOF).
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // One who sends nothing but tickets and key updates does not hold the loop: each is an `again`.
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  // 34 KiB less for each connection that is quiet. No read-ahead: what OpenSSL holds is then whole or in the kernel.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  // Written straight from a ring, whose windows move. TlsOutlet takes all, so no write is ever to be repeated.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

Result<std::vector<Certificate>> trust_file(ssl_ctx_st* context, const std::string& what, const std::string& file) {
  Result<std::vector<Certificate>> all = read_certificates(what, file);
  if (!all) return all;
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  for (const Certificate& each : *all)
    if (X509_STORE_add_cert(store, each.get()) != 1) return failure("{} file {}: {}", what, file, openssl_reason());
  // Whoever is named is trusted: an authority below another, or the other side's certificate itself.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  return all;
}

Result<TlsPair> show_files(ssl_ctx_st* context, const TlsFiles& files) {
  Result<std::vector<Certificate>> chain = read_certificates("cert", files.cert);
  if (!chain) return tl::unexpected(chain.error());
  const bool apart = !files.key.empty();
  const std::string& key_file = apart ? files.key : files.cert;
  Result<PrivateKey> key = read_key(apart ? "key" : "cert", key_file);
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
  return TlsPair{std::move(*chain), std::move(*key)};
}

}  // namespace charmux::net
