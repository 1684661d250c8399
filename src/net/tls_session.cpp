// SPDX-License-Identifier: Apache-2.0
#include "net/tls_session.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "net/pem_file.hpp"

namespace charmux::net {
namespace {

/// So much is gathered before the socket is given it: a few records, not one packet each.
constexpr std::size_t kGather = std::size_t{16} * 1024;
constexpr std::size_t kMostOwed = std::size_t{256} * 1024;

/// An address's bytes, a name's none. A zone ("%eth0") is not part of a certificate's address.
std::string address_bytes(const std::string& text) {
  std::array<char, sizeof(in6_addr)> bytes{};
  const std::string plain = text.substr(0, text.find('%'));
  if (::inet_pton(AF_INET, plain.c_str(), bytes.data()) == 1) return {bytes.data(), sizeof(in_addr)};
  if (::inet_pton(AF_INET6, plain.c_str(), bytes.data()) == 1) return {bytes.data(), sizeof(in6_addr)};
  return {};
}

/// As it stands in certificates and in SNI (RFC 6066, section 3): without the dot of the root.
std::string wanted_of(const TlsPeer& peer) {
  std::string name = peer.name.empty() ? peer.host : peer.name;
  if (name.size() > 1 && name.back() == '.') name.pop_back();
  return name;
}

/// Before each call of OpenSSL that may fail: what is found then is that call's.
void forget_errors() {
  ERR_clear_error();
  errno = 0;
}

}  // namespace

void TlsSession::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsSession::TlsSession(ssl_st* ssl, int fd, const TlsPeer& peer)
    : ssl_(ssl), fd_(fd), wanted_(wanted_of(peer)), record_(peer.record) {}

TlsSession::~TlsSession() = default;

Result<std::unique_ptr<TlsSession>> TlsSession::client(const TlsContext& context, int fd, const TlsPeer& peer) {
  ERR_clear_error();
  SSL* const ssl = SSL_new(context.raw());
  if (ssl == nullptr) return failure("TLS cannot be used: {}", openssl_reason());
  std::unique_ptr<TlsSession> session(new TlsSession(ssl, fd, peer));
  SSL_set_bio(ssl, BIO_new_socket(fd, BIO_NOCLOSE), BIO_new(BIO_s_mem()));
  SSL_set_app_data(ssl, session.get());
  SSL_set_connect_state(ssl);
  SSL_set_cert_cb(ssl, &TlsSession::asked, session.get());
  SSL_set_verify(ssl, peer.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, peer.verify ? &TlsSession::verified : nullptr);
  if (const Status good = session->expect(peer); !good) return tl::unexpected(good.error());
  return session;
}

Status TlsSession::expect(const TlsPeer& peer) {
  X509_VERIFY_PARAM* const terms = SSL_get0_param(ssl_.get());
  const std::string address = address_bytes(wanted_);
  X509_VERIFY_PARAM_set_hostflags(terms, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool taken = address.empty()
                         ? X509_VERIFY_PARAM_set1_host(terms, wanted_.data(), wanted_.size()) == 1
                         : X509_VERIFY_PARAM_set1_ip(terms, reinterpret_cast<const unsigned char*>(address.data()),
                                                     address.size()) == 1;
  // The name that it is asked to be is the one that it has to prove; an address is none (RFC 6066, section 3).
  const bool named = !address.empty() || SSL_set_tlsext_host_name(ssl_.get(), wanted_.c_str()) == 1;
  ERR_clear_error();
  if (taken && named) return {};
  return failure("{} is no name that a certificate can have", peer.name.empty() ? peer.host : peer.name);
}

int TlsSession::verified(int good, x509_store_ctx_st* verifying) {
  if (good != 0) return good;
  auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(verifying, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const session = static_cast<TlsSession*>(SSL_get_app_data(ssl));
  session->failure_ = TlsFailure::of(verifying, session->wanted_);
  return 0;
}

int TlsSession::asked(ssl_st*, void* session) {
  static_cast<TlsSession*>(session)->asked_for_certificate_ = true;
  return 1;
}

Io TlsSession::handshake() {
  if (no_more_) return *no_more_;
  forget_errors();
  const int result = SSL_do_handshake(ssl_.get());
  const Io io = result == 1 ? Io{Io::Kind::moved} : outcome(result);
  if (io.kind == Io::Kind::end || io.kind == Io::Kind::error) no_more_ = io;
  // An alert too: it tells the other side's log why.
  collect();
  flush();
  return io;
}

Io TlsSession::send(BytesView bytes) {
  flush();
  if (cannot_send_) return *cannot_send_;
  if (no_more_ && no_more_->kind == Io::Kind::error) return *no_more_;
  std::size_t taken = 0;
  while (taken < bytes.size() && !owes()) {
    while (taken < bytes.size() && owed_.size() < kGather) {
      const std::size_t piece = std::min(record_, bytes.size() - taken);
      forget_errors();
      const int result = SSL_write(ssl_.get(), bytes.data() + taken, static_cast<int>(piece));
      if (result <= 0) {
        const Io io = outcome(result);
        if (io.kind != Io::Kind::again) cannot_send_ = io;
        return taken > 0 ? Io{Io::Kind::moved, taken} : io;
      }
      taken += static_cast<std::size_t>(result);
      collect();
    }
    flush();
  }
  return taken > 0 ? Io{Io::Kind::moved, taken} : Io{Io::Kind::again};
}

Io TlsSession::recv(BytesSpan room) {
  std::size_t taken = 0;
  while (taken < room.size() && !no_more_ && !clogged()) {
    forget_errors();
    const int result = SSL_read(ssl_.get(), room.data() + taken, static_cast<int>(room.size() - taken));
    if (result > 0) {
      taken += static_cast<std::size_t>(result);
      continue;
    }
    const Io io = outcome(result);
    collect();
    if (io.kind == Io::Kind::again) break;
    no_more_ = io;
  }
  flush();
  if (taken > 0) return {Io::Kind::moved, taken};
  return no_more_.value_or(Io{Io::Kind::again});
}

Io TlsSession::look() {
  std::byte one{};
  if (no_more_) return *no_more_;
  forget_errors();
  const int result = SSL_peek(ssl_.get(), &one, 1);
  const Io io = result > 0 ? Io{Io::Kind::moved, 1} : outcome(result);
  if (io.kind == Io::Kind::end || io.kind == Io::Kind::error) no_more_ = io;
  collect();
  flush();
  return io;
}

void TlsSession::end_sending() {
  if (cannot_send_) return;
  forget_errors();
  SSL_shutdown(ssl_.get());
  cannot_send_ = Io{Io::Kind::error, 0, EPIPE};
  collect();
  flush();
}

void TlsSession::collect() {
  std::array<char, 4096> piece;
  int got = 0;
  while ((got = BIO_read(SSL_get_wbio(ssl_.get()), piece.data(), static_cast<int>(piece.size()))) > 0)
    owed_.append(piece.data(), static_cast<std::size_t>(got));
}

void TlsSession::flush() {
  while (owes()) {
    const Io io = Io::from(::send(fd_, owed_.data(), owed_.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
    if (io.kind == Io::Kind::again) return;
    if (io.kind == Io::Kind::moved) {
      owed_.erase(0, io.bytes);
      continue;
    }
    // Why is said by what can still be read: an alert, say.
    cannot_send_ = io;
    owed_.clear();
  }
}

Io TlsSession::outcome(int result) {
  const int error_number = errno;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return {Io::Kind::again};
    case SSL_ERROR_ZERO_RETURN: return {Io::Kind::end};
    case SSL_ERROR_SYSCALL:
      if (error_number != 0) return {Io::Kind::error, 0, error_number};
      truncated_ = true;
      return {Io::Kind::end};
    default: break;
  }
  const int reason = ERR_GET_REASON(ERR_peek_error());
  if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    ERR_clear_error();
    truncated_ = true;
    return {Io::Kind::end};
  }
  const TlsFailure said = TlsFailure::of_call();
  // What was wrong with a certificate is known better.
  if (failure_.kind == TlsFailure::Kind::none || reason != SSL_R_CERTIFICATE_VERIFY_FAILED) failure_ = said;
  return {Io::Kind::error, 0, EPROTO};
}

bool TlsSession::has_pending() const { return no_more_ || SSL_pending(ssl_.get()) > 0; }

bool TlsSession::clogged() const { return owed_.size() > kMostOwed; }

}  // namespace charmux::net
