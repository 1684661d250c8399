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

/// What TLS has at most in one record (RFC 8446, section 5.1).
constexpr std::size_t kMostRecord = std::size_t{16} * 1024;
/// So much of smaller records is gathered before the socket is given it, not one packet each.
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

TlsSession::TlsSession(ssl_st* ssl, int fd, std::string wanted, std::size_t record)
    : outlet_(fd), ssl_(ssl), wanted_(std::move(wanted)), record_(record) {
  SSL_set_bio(ssl, BIO_new_socket(fd, BIO_NOCLOSE), outlet_.new_bio());
  SSL_set_app_data(ssl, this);
}

TlsSession::~TlsSession() = default;

Result<std::unique_ptr<TlsSession>> TlsSession::client(const TlsContext& context, int fd, const TlsPeer& peer) {
  ERR_clear_error();
  SSL* const ssl = SSL_new(context.raw());
  if (ssl == nullptr) return failure("TLS cannot be used: {}", openssl_reason());
  std::unique_ptr<TlsSession> session(new TlsSession(ssl, fd, wanted_of(peer), peer.record));
  SSL_set_connect_state(ssl);
  SSL_set_cert_cb(ssl, &TlsSession::asked, session.get());
  SSL_set_verify(ssl, peer.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, peer.verify ? &TlsSession::verified : nullptr);
  if (const Status good = session->expect(peer); !good) return tl::unexpected(good.error());
  return session;
}

Result<std::unique_ptr<TlsSession>> TlsSession::server(const TlsContext& context, int fd) {
  ERR_clear_error();
  SSL* const ssl = SSL_new(context.raw());
  if (ssl == nullptr) return failure("TLS cannot be used: {}", openssl_reason());
  std::unique_ptr<TlsSession> session(new TlsSession(ssl, fd, {}, kMostRecord));
  SSL_set_accept_state(ssl);
  if (const int asks = SSL_get_verify_mode(ssl); asks != SSL_VERIFY_NONE)
    SSL_set_verify(ssl, asks, &TlsSession::verified);
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
  flush();
  forget_errors();
  const Io io = settled(SSL_do_handshake(ssl_.get()));
  const bool unexplained = failure_.kind == TlsFailure::Kind::none;
  if (io.kind == Io::Kind::end && unexplained && SSL_is_server(ssl_.get()) != 0) failure_ = TlsFailure::of_early_end();
  return io;
}

Io TlsSession::send(BytesView bytes) {
  flush();
  if (outlet_.failed()) return *outlet_.failed();
  if (cannot_send_) return *cannot_send_;
  if (no_more_ && no_more_->kind == Io::Kind::error) return *no_more_;
  std::size_t taken = 0;
  std::optional<Io> failed;
  while (!failed && taken < bytes.size() && !owes()) {
    if (record_ < kGather) outlet_.hold();
    do {
      const std::size_t piece = std::min(record_, bytes.size() - taken);
      forget_errors();
      const int result = SSL_write(ssl_.get(), bytes.data() + taken, static_cast<int>(piece));
      if (result > 0) {
        taken += static_cast<std::size_t>(result);
      } else {
        failed = outcome(result);
      }
    } while (!failed && taken < bytes.size() && outlet_.held() && outlet_.owed() < kGather);
    outlet_.release();
  }
  if (failed && failed->kind != Io::Kind::again) cannot_send_ = failed;
  if (taken > 0) return {Io::Kind::moved, taken};
  return failed.value_or(Io{Io::Kind::again});
}

Io TlsSession::recv(BytesSpan room) {
  std::size_t taken = 0;
  while (taken < room.size() && !no_more_ && !clogged()) {
    forget_errors();
    const int result = SSL_read(ssl_.get(), room.data() + taken, static_cast<int>(room.size() - taken));
    if (result > 0) {
      taken += static_cast<std::size_t>(result);
    } else if (settled(result).kind == Io::Kind::again) {
      break;
    }
  }
  flush();
  if (taken > 0) return {Io::Kind::moved, taken};
  return no_more_.value_or(Io{Io::Kind::again});
}

Io TlsSession::look() {
  std::byte one{};
  if (no_more_) return *no_more_;
  flush();
  forget_errors();
  return settled(SSL_peek(ssl_.get(), &one, 1));
}

void TlsSession::end_sending() {
  if (cannot_send_) return;
  forget_errors();
  SSL_shutdown(ssl_.get());
  cannot_send_ = Io{Io::Kind::error, 0, EPIPE};
}

std::optional<PeerCertificate> TlsSession::peer_certificate() const {
  const X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr || SSL_get_verify_mode(ssl_.get()) == SSL_VERIFY_NONE ||
      SSL_get_verify_result(ssl_.get()) != X509_V_OK || SSL_is_init_finished(ssl_.get()) == 0)
    return std::nullopt;
  return PeerCertificate::of(certificate);
}

std::string TlsSession::refused_by(const TlsContext& now) const {
  X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr) return {};
  forget_errors();
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> verifying(X509_STORE_CTX_new(),
                                                                                  &X509_STORE_CTX_free);
  // Of a resumed session nothing but its own certificate is known any more.
  const bool ready = verifying && X509_STORE_CTX_init(verifying.get(), SSL_CTX_get_cert_store(now.raw()), certificate,
                                                      SSL_get_peer_cert_chain(ssl_.get())) == 1;
  if (!ready || X509_STORE_CTX_set_default(verifying.get(), "ssl_client") != 1) return "it cannot be verified";
  const bool good = X509_verify_cert(verifying.get()) == 1;
  const std::string why = good ? "" : TlsFailure::of(verifying.get(), wanted_).text;
  forget_errors();
  return why;
}

Io TlsSession::settled(int result) {
  const Io io = result > 0 ? Io{Io::Kind::moved, static_cast<std::size_t>(result)} : outcome(result);
  if (io.kind == Io::Kind::end || io.kind == Io::Kind::error) no_more_ = io;
  return io;
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
  const TlsFailure said =
      TlsFailure::of_call(SSL_is_server(ssl_.get()) != 0 ? TlsFailure::Side::client : TlsFailure::Side::server);
  // What was wrong with a certificate is known better.
  if (failure_.kind == TlsFailure::Kind::none || reason != SSL_R_CERTIFICATE_VERIFY_FAILED) failure_ = said;
  return {Io::Kind::error, 0, EPROTO};
}

bool TlsSession::has_pending() const { return no_more_ || SSL_pending(ssl_.get()) > 0; }

bool TlsSession::clogged() const { return outlet_.owed() > kMostOwed; }

}  // namespace charmux::net
