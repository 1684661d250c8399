// SPDX-License-Identifier: Apache-2.0
#include "tls_client.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace charmux::test {
namespace {

using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Version = TlsVisiting::Version;

Memory over(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

std::shared_ptr<X509> certificate(const std::string& pem) {
  return {PEM_read_bio_X509(over(pem).get(), nullptr, nullptr, nullptr), &X509_free};
}

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

void show(SSL_CTX* context, const TlsVisiting& visiting) {
  if (visiting.own.cert.empty()) return;
  const std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(over(visiting.own.key).get(), nullptr, nullptr, nullptr),
                                      &EVP_PKEY_free);
  if (SSL_CTX_use_certificate(context, certificate(visiting.own.cert).get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    std::abort();
  if (!visiting.above.empty()) SSL_CTX_add1_chain_cert(context, certificate(visiting.above).get());
}

}  // namespace

TlsClient::TlsClient(UniqueFd fd, const TlsVisiting& visiting)
    : fd_(std::move(fd)), context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free) {
  ::fcntl(fd_.get(), F_SETFL, ::fcntl(fd_.get(), F_GETFL) | O_NONBLOCK);
  limit(context_.get(), visiting.version);
  show(context_.get(), visiting);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (!visiting.signatures.empty() && SSL_CTX_set1_sigalgs_list(context_.get(), visiting.signatures.c_str()) != 1)
    std::abort();
  if (!visiting.ciphers.empty() && SSL_CTX_set_cipher_list(context_.get(), visiting.ciphers.c_str()) != 1) std::abort();
  ssl_ = {SSL_new(context_.get()), &SSL_free};
  SSL_set_fd(ssl_.get(), fd_.get());
  if (!visiting.name.empty()) SSL_set_tlsext_host_name(ssl_.get(), visiting.name.c_str());
  if (visiting.resumed) SSL_set_session(ssl_.get(), visiting.resumed.get());
  SSL_set_connect_state(ssl_.get());
}

void TlsClient::poll(bool reads) {
  if (!fd_ || ended_) return;
  if (!shaken_) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    shaken_ = result == 1;
    if (!shaken_) return met(result);
  }
  while (!unsent_.empty()) {
    ERR_clear_error();
    const int sent =
        SSL_write(ssl_.get(), unsent_.data(), static_cast<int>(std::min<std::size_t>(unsent_.size(), 65536)));
    if (sent <= 0) {
      met(sent);
      break;
    }
    unsent_.erase(0, static_cast<std::size_t>(sent));
  }
  std::array<char, 65536> room;
  while (reads && !ended_) {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), room.data(), static_cast<int>(room.size()));
    if (got <= 0) return met(got);
    received_.append(room.data(), static_cast<std::size_t>(got));
  }
}

void TlsClient::met(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
  ended_ = true;
  told_of_the_end_ = error == SSL_ERROR_ZERO_RETURN;
  if (error != SSL_ERROR_SSL) return;
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  why_ = reason != nullptr ? reason : "?";
}

bool TlsClient::renegotiate() { return SSL_renegotiate(ssl_.get()) == 1; }

void TlsClient::close() {
  ssl_.reset();
  fd_.reset();
}

std::string TlsClient::version() const { return SSL_get_version(ssl_.get()); }

std::string TlsClient::cipher() const { return SSL_get_cipher_name(ssl_.get()); }

std::string TlsClient::shown() const {
  const X509* const cert = SSL_get0_peer_certificate(ssl_.get());
  if (cert == nullptr) return "nothing";
  const bool rsa = EVP_PKEY_get_base_id(X509_get0_pubkey(cert)) == EVP_PKEY_RSA;
  return (rsa ? "RSA " : "ECDSA ") + common_name(X509_get_subject_name(cert));
}

int TlsClient::chain_length() const { return sk_X509_num(SSL_get_peer_cert_chain(ssl_.get())); }

std::string TlsClient::asked_for() const {
  const STACK_OF(X509_NAME)* const names = SSL_get0_peer_CA_list(ssl_.get());
  std::string all;
  for (int i = 0; i < sk_X509_NAME_num(names); ++i)
    all += (i > 0 ? ", " : "") + common_name(sk_X509_NAME_value(names, i));
  return all;
}

bool TlsClient::was_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

std::shared_ptr<ssl_session_st> TlsClient::session() const {
  // A copy: a connection that is not ended in order makes its own worthless.
  return {SSL_SESSION_dup(SSL_get0_session(ssl_.get())), &SSL_SESSION_free};
}

}  // namespace charmux::test
