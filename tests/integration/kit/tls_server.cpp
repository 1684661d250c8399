// SPDX-License-Identifier: Apache-2.0
#include "tls_server.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

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

std::shared_ptr<X509> certificate(const std::string& pem) {
  return {PEM_read_bio_X509(over(pem).get(), nullptr, nullptr, nullptr), &X509_free};
}

}  // namespace

TlsServer::TlsServer(UniqueFd fd, const TlsServing& serving)
    : fd_(std::move(fd)), context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free) {
  ::fcntl(fd_.get(), F_SETFL, ::fcntl(fd_.get(), F_GETFL) | O_NONBLOCK);
  const std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(over(serving.own.key).get(), nullptr, nullptr, nullptr),
                                      &EVP_PKEY_free);
  if (SSL_CTX_use_certificate(context_.get(), certificate(serving.own.cert).get()) != 1 ||
      SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1)
    std::abort();
  if (serving.old) SSL_CTX_set_max_proto_version(context_.get(), TLS1_2_VERSION);
  // As QEMU: no tickets, which would tell the client that all is well.
  SSL_CTX_set_num_tickets(context_.get(), 0);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (!serving.client_ca.empty()) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), certificate(serving.client_ca).get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | (serving.takes_anybody ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT),
                       nullptr);
  }
  ssl_ = {SSL_new(context_.get()), &SSL_free};
  SSL_set_fd(ssl_.get(), fd_.get());
  SSL_set_accept_state(ssl_.get());
}

void TlsServer::poll(bool reads) {
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
    if (sent <= 0) break;
    unsent_.erase(0, static_cast<std::size_t>(sent));
  }
  while (reads && take(65536) > 0) {
  }
}

std::size_t TlsServer::take(std::size_t most) {
  if (!fd_ || ended_ || !shaken_) return 0;
  std::array<char, 65536> room;
  ERR_clear_error();
  const int got = SSL_read(ssl_.get(), room.data(), static_cast<int>(std::min(most, room.size())));
  if (got <= 0) return met(got), 0;
  received_.append(room.data(), static_cast<std::size_t>(got));
  return static_cast<std::size_t>(got);
}

void TlsServer::met(int result) {
  const int number = errno;
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
  ended_ = true;
  told_of_the_end_ = error == SSL_ERROR_ZERO_RETURN;
  reset_ = error == SSL_ERROR_SYSCALL && number == ECONNRESET;
}

void TlsServer::update_keys() {
  if (SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED) != 1) std::abort();
}

void TlsServer::say_end() { SSL_shutdown(ssl_.get()); }

void TlsServer::close() {
  ssl_.reset();
  fd_.reset();
}

void TlsServer::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

std::string TlsServer::asked_for() const {
  const char* const name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name != nullptr ? name : "-";
}

}  // namespace charmux::test
