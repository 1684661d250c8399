// SPDX-License-Identifier: Apache-2.0
#include "load_tls.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>

#include "load_fail.hpp"

namespace bench {
namespace {

/// What is asked of the kernel at once: eight records of 16 KiB and what stands around them.
constexpr std::size_t kReadAhead = std::size_t{132} * 1024;

}  // namespace

void TlsClient::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }
void Tls::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Tls::Tls() : context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX* const context = context_.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384") != 1)
    fail("OpenSSL has no TLS 1.3 with AES-256-GCM");
  // Reading costs less so than sending does, and it is the multiplexer that is measured.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, kReadAhead);
}

TlsClient Tls::connect(int fd) const {
  TlsClient client;
  client.ssl_.reset(SSL_new(context_.get()));
  if (!client.ssl_ || SSL_set_fd(client.ssl_.get(), fd) != 1 || SSL_connect(client.ssl_.get()) != 1)
    fail("no TLS with the multiplexer: {}", ERR_error_string(ERR_get_error(), nullptr));
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  return client;
}

ssize_t TlsClient::read(char* room, std::size_t size) {
  ERR_clear_error();
  const int count = SSL_read(ssl_.get(), room, static_cast<int>(size));
  if (count > 0) return count;
  switch (SSL_get_error(ssl_.get(), count)) {
    case SSL_ERROR_WANT_READ: errno = EAGAIN; return -1;
    case SSL_ERROR_ZERO_RETURN:
    case SSL_ERROR_SYSCALL: return 0;
    default: fail("a viewer's TLS failed: {}", ERR_error_string(ERR_get_error(), nullptr));
  }
}

}  // namespace bench
