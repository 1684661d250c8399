// SPDX-License-Identifier: Apache-2.0
#include "tls_client.hpp"

#include <openssl/ssl.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace charmux::test {
namespace {

using Version = TlsVisiting::Version;

std::string common_name(const X509_NAME* name) {
  std::array<char, 256> text{};
  X509_NAME_get_text_by_NID(name, NID_commonName, text.data(), static_cast<int>(text.size()));
  return text.data();
}

void limit(SSL_CTX* context, Version version) {
  if (version == Version::any) return;
  const int number =
      version == Version::oldest ? TLS1_1_VERSION : (version == Version::tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_min_proto_version(context, number);
  SSL_CTX_set_max_proto_version(context, number);
  // TLS 1.1 signs with SHA-1.
  if (version == Version::oldest) SSL_CTX_set_security_level(context, 0);
}

void set_up(SSL_CTX* context, const TlsVisiting& visiting) {
  limit(context, visiting.version);
  if (!visiting.signatures.empty() && SSL_CTX_set1_sigalgs_list(context, visiting.signatures.c_str()) != 1)
    std::abort();
  if (!visiting.ciphers.empty() && SSL_CTX_set_cipher_list(context, visiting.ciphers.c_str()) != 1) std::abort();
}

}  // namespace

TlsClient::TlsClient(UniqueFd fd, const TlsVisiting& visiting)
    : TlsEnd(std::move(fd), [&] {
        std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
        set_up(context.get(), visiting);
        if (!visiting.own.cert.empty()) show(context.get(), visiting.own);
        if (!visiting.above.empty()) SSL_CTX_add1_chain_cert(context.get(), certificate(visiting.above).get());
        return context;
      }()) {
  if (!visiting.name.empty()) SSL_set_tlsext_host_name(ssl(), visiting.name.c_str());
  if (visiting.resumed) SSL_set_session(ssl(), visiting.resumed.get());
  SSL_set_connect_state(ssl());
}

bool TlsClient::renegotiate() { return SSL_renegotiate(ssl()) == 1; }

std::string TlsClient::version() const { return SSL_get_version(ssl()); }

std::string TlsClient::cipher() const { return SSL_get_cipher_name(ssl()); }

std::string TlsClient::shown() const {
  const X509* const cert = SSL_get0_peer_certificate(ssl());
  if (cert == nullptr) return "nothing";
  const bool rsa = EVP_PKEY_get_base_id(X509_get0_pubkey(cert)) == EVP_PKEY_RSA;
  return (rsa ? "RSA " : "ECDSA ") + common_name(X509_get_subject_name(cert));
}

int TlsClient::chain_length() const { return sk_X509_num(SSL_get_peer_cert_chain(ssl())); }

std::string TlsClient::asked_for() const {
  const STACK_OF(X509_NAME)* const names = SSL_get0_peer_CA_list(ssl());
  std::string all;
  for (int i = 0; i < sk_X509_NAME_num(names); ++i)
    all += (i > 0 ? ", " : "") + common_name(sk_X509_NAME_value(names, i));
  return all;
}

bool TlsClient::was_resumed() const { return SSL_session_reused(ssl()) == 1; }

std::shared_ptr<ssl_session_st> TlsClient::session() const {
  // A copy: a connection that is not ended in order makes its own worthless.
  return {SSL_SESSION_dup(SSL_get0_session(ssl())), &SSL_SESSION_free};
}

}  // namespace charmux::test
