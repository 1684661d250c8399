// SPDX-License-Identifier: Apache-2.0
#include "tls_end.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace charmux::test {
namespace {

using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;

Memory over(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

}  // namespace

std::shared_ptr<x509_st> TlsEnd::certificate(const std::string& pem) {
  return {PEM_read_bio_X509(over(pem).get(), nullptr, nullptr, nullptr), &X509_free};
}

void TlsEnd::show(ssl_ctx_st* context, const TestCertificate& own) {
  const std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(over(own.key).get(), nullptr, nullptr, nullptr),
                                      &EVP_PKEY_free);
  if (SSL_CTX_use_certificate(context, certificate(own.cert).get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    std::abort();
}

TlsEnd::TlsEnd(UniqueFd fd, std::shared_ptr<ssl_ctx_st> context) : fd_(std::move(fd)), context_(std::move(context)) {
  ::fcntl(fd_.get(), F_SETFL, ::fcntl(fd_.get(), F_GETFL) | O_NONBLOCK);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  ssl_ = {SSL_new(context_.get()), &SSL_free};
  SSL_set_fd(ssl_.get(), fd_.get());
}

void TlsEnd::poll(bool reads) {
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
    // That the other side has gone is met behind the last that it has said.
    if (sent <= 0 && SSL_get_error(ssl_.get(), sent) == SSL_ERROR_SSL) return met(sent);
    if (sent <= 0) break;
    unsent_.erase(0, static_cast<std::size_t>(sent));
  }
  while (reads && take(65536) > 0) {
  }
}

std::size_t TlsEnd::take(std::size_t most) {
  if (!fd_ || ended_ || !shaken_) return 0;
  std::array<char, 65536> room;
  ERR_clear_error();
  const int got = SSL_read(ssl_.get(), room.data(), static_cast<int>(std::min(most, room.size())));
  if (got <= 0) return met(got), 0;
  received_.append(room.data(), static_cast<std::size_t>(got));
  return static_cast<std::size_t>(got);
}

void TlsEnd::met(int result) {
  const int number = errno;
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
  ended_ = true;
  told_of_the_end_ = error == SSL_ERROR_ZERO_RETURN;
  reset_ = error == SSL_ERROR_SYSCALL && number == ECONNRESET;
  if (error != SSL_ERROR_SSL) return;
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  why_ = reason != nullptr ? reason : "?";
}

void TlsEnd::close() {
  ssl_.reset();
  fd_.reset();
}

}  // namespace charmux::test
