// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "charmux/base/bytes.hpp"
#include "net/io.hpp"
#include "net/peer_certificate.hpp"
#include "net/tls_context.hpp"
#include "net/tls_failure.hpp"
#include "net/tls_outlet.hpp"

struct ssl_st;
struct x509_store_ctx_st;

namespace charmux::net {

/// Who the other side has to be.
struct TlsPeer {
  std::string host;    ///< where we connect to, a name or an address: its certificate has to be for that,
  std::string name{};  ///< ... or for this name or address, if there is one.
  bool verify = true;  ///< false: anybody is believed.
  std::size_t record = std::size_t{16} * 1024;  ///< the most bytes of ours in one record; TLS has 16 KiB at most.
};

/// One side of TLS on a connected, non-blocking socket, which it does not own. Owned by a Stream; for the loop's
/// thread. Nothing here waits or raises SIGPIPE.
///
/// OpenSSL's records go straight to the socket, and what that does not take is kept by a TlsOutlet. So send() takes or
/// leaves, and what it left may be another thing the next time: OpenSSL itself would want a write that met a full
/// socket again as it was ("bad length" otherwise), but a viewer that is skipped goes on elsewhere. And reading awaits
/// nothing but readability, writing nothing but writability.
class TlsSession {
 public:
  /// The client's side. Error: the name cannot be asked for.
  [[nodiscard]] static Result<std::unique_ptr<TlsSession>> client(const TlsContext& context, int fd,
                                                                  const TlsPeer& peer);
  /// The server's side. The handshake asks for what the context says.
  [[nodiscard]] static Result<std::unique_ptr<TlsSession>> server(const TlsContext& context, int fd);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession();

  /// Goes on with the handshake. Io::moved: it is done; Io::again: when the socket is readable, or writable if owes().
  [[nodiscard]] Io handshake();
  /// Io::moved means taken: what owes() then still reaches the other side, by flush().
  [[nodiscard]] Io send(BytesView bytes);
  /// Io::end also when the other side did not say so: see truncated().
  [[nodiscard]] Io recv(BytesSpan room);
  /// Io::moved: there is something to recv(), which is not taken.
  [[nodiscard]] Io look();
  /// Sends what is owed, as far as the socket takes it.
  void flush() { outlet_.flush(); }
  /// Says that nothing more comes (close_notify), behind all that was taken.
  void end_sending();

  /// Something waits for the socket to be writable: then flush().
  [[nodiscard]] bool owes() const { return outlet_.owed() > 0; }
  /// Something can be had by recv() that the socket does not tell of.
  [[nodiscard]] bool has_pending() const;
  /// So much is owed (answers to one who does not read them) that nothing is read before some is sent.
  [[nodiscard]] bool clogged() const;
  /// The other side closed the connection without close_notify: somebody may have cut it short.
  [[nodiscard]] bool truncated() const { return truncated_; }
  /// In the handshake it has asked for a certificate of ours.
  [[nodiscard]] bool was_asked_for_certificate() const { return asked_for_certificate_; }
  /// Who the client is; after the handshake of a server, of a resumed session too. None: it has shown no certificate.
  [[nodiscard]] std::optional<PeerCertificate> peer_certificate() const;
  /// Why a server that believes whom `now` does would not believe the client's certificate: "certificate CN=ann was
  /// revoked ...". Empty: it would, or none was shown. Verifies anew: some 100 us.
  [[nodiscard]] std::string refused_by(const TlsContext& now) const;
  /// Why an Io::error with EPROTO was one; of a server also, why the handshake came to an Io::end.
  [[nodiscard]] const TlsFailure& why() const { return failure_; }

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };
  TlsSession(ssl_st* ssl, int fd, std::string wanted, std::size_t record);
  [[nodiscard]] Status expect(const TlsPeer& peer);
  static int verified(int good, x509_store_ctx_st* verifying);
  static int asked(ssl_st* ssl, void* session);
  /// What a call of OpenSSL came to that did not succeed.
  [[nodiscard]] Io outcome(int result);
  /// The same of a handshake or a look.
  [[nodiscard]] Io settled(int result);

  TlsOutlet outlet_;  ///< outlives ssl_, which writes to it.
  std::unique_ptr<ssl_st, Free> ssl_;
  const std::string wanted_;  ///< whom its certificate has to be for.
  const std::size_t record_;
  std::optional<Io> no_more_;      ///< what every recv() comes to from now on.
  std::optional<Io> cannot_send_;  ///< beside what the socket says: outlet_.
  bool truncated_ = false;
  bool asked_for_certificate_ = false;
  TlsFailure failure_;
};

}  // namespace charmux::net
