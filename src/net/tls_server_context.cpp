// SPDX-License-Identifier: Apache-2.0
// The server's side of TlsContext: what it shows, which client is believed, which session is resumed.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "net/certificate_text.hpp"
#include "net/peer_certificate.hpp"
#include "net/tls_context.hpp"
#include "net/tls_parts.hpp"

namespace charmux::net {
namespace {

/// Forward secrecy and authenticated encryption only (RFC 9325, section 4.2). TLS 1.3 has nothing else.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr const char* kGroups = "X25519:P-256:P-384";
/// No SHA-1, no SHA-224, no DSA.
constexpr const char* kSignatures =
    "ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512:ed25519:ed448:"
    "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:rsa_pss_pss_sha256:rsa_pss_pss_sha384:"
    "rsa_pss_pss_sha512:rsa_pkcs1_sha256:rsa_pkcs1_sha384:rsa_pkcs1_sha512";
/// How long a ticket can be used, in seconds.
constexpr long kTicketLife = 3600;
/// RFC 5246, 7.4.1.2: sessions are ours alone, whatever the context. OpenSSL wants it where clients are verified.
constexpr std::string_view kSessions = "charmux";

/// What a server's context has beside what OpenSSL keeps for it: lives as long as that.
struct Parts {
  std::vector<TlsPair> shown;
  std::vector<Crl> crls;
  std::string trust;  ///< see TlsContext::trust()
};

void free_parts(void*, void* parts, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Parts*>(parts); }

/// OpenSSL's number for the place of Parts in a context: one for the process.
int place_of_parts() {
  static const int place = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, &free_parts);
  return place;
}

const Parts& parts_of(SSL* ssl) {
  return *static_cast<const Parts*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), place_of_parts()));
}

X509* own(const TlsPair& pair) { return pair.chain.front().get(); }

void free_list(STACK_OF(X509) * list) { sk_X509_free(list); }

/// Shows a pair in place of another of the same kind of key. `use` is SSL_use_cert_and_key, or SSL_CTX_...
template <class Shower, class Use>
bool show(Shower* shower, Use use, const TlsPair& pair) {
  std::unique_ptr<STACK_OF(X509), decltype(&free_list)> rest(nullptr, &free_list);
  if (pair.chain.size() > 1) rest.reset(sk_X509_new_null());
  for (std::size_t i = 1; rest && i < pair.chain.size(); ++i) sk_X509_push(rest.get(), pair.chain[i].get());
  return use(shower, own(pair), pair.key.get(), rest.get(), 1) == 1;
}

/// The names that make two certificates fellows, such as an ECDSA and an RSA one of the same server.
std::vector<std::string> names_of(const TlsPair& pair) {
  std::vector<std::string> names = PeerCertificate::of(own(pair)).dns;
  if (names.empty()) names.push_back(owner_text(own(pair)));
  std::sort(names.begin(), names.end());
  return names;
}

bool is_for(const TlsPair& pair, const char* name) {
  return X509_check_host(own(pair), name, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) == 1;
}

/// By the name that the client asks for (RFC 6066, section 3): all that fit it, of which OpenSSL takes the one whose
/// signature the client can verify. Without a name, or with one that nothing fits, those of the context.
int choose(SSL* ssl, void*) {
  const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return 1;
  const std::vector<TlsPair>& all = parts_of(ssl).shown;
  if (std::none_of(all.begin(), all.end(), [&](const TlsPair& each) { return is_for(each, name); })) return 1;
  SSL_certs_clear(ssl);
  // The first of two that differ in nothing but the order stays.
  const bool good = std::all_of(all.rbegin(), all.rend(), [&](const TlsPair& each) {
    return !is_for(each, name) || show(ssl, &SSL_use_cert_and_key, each);
  });
  ERR_clear_error();
  return good ? 1 : 0;
}

bool is_over(const ASN1_TIME* time) { return time != nullptr && X509_cmp_current_time(time) < 0; }

/// A resumed session verifies nothing anew. So one whose certificate or CRL has expired since is not resumed: in the
/// whole handshake that follows the client learns why.
SSL_TICKET_RETURN resume(SSL* ssl, SSL_SESSION* session, const unsigned char*, std::size_t, SSL_TICKET_STATUS status,
                         void*) {
  if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) return SSL_TICKET_RETURN_IGNORE_RENEW;
  const X509* const peer = SSL_SESSION_get0_peer(session);
  const std::vector<Crl>& crls = parts_of(ssl).crls;
  const bool over = peer != nullptr &&
                    (is_over(X509_get0_notAfter(peer)) || std::any_of(crls.begin(), crls.end(), [](const Crl& each) {
                       return is_over(X509_CRL_get0_nextUpdate(each.get()));
                     }));
  if (over) return SSL_TICKET_RETURN_IGNORE_RENEW;
  return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

Status set_up_server(SSL_CTX* context) {
  set_up_tls(context);
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // What is sent as a chain is what stands in the file, not what could be made of those who vouch for clients.
  SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_timeout(context, kTicketLife);
  SSL_CTX_set_session_ticket_cb(context, nullptr, &resume, nullptr);
  const bool good = SSL_CTX_set_cipher_list(context, kCiphers) == 1 &&
                    SSL_CTX_set1_groups_list(context, kGroups) == 1 &&
                    SSL_CTX_set1_sigalgs_list(context, kSignatures) == 1 &&
                    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(kSessions.data()),
                                                   kSessions.size()) == 1;
  if (!good) return failure("TLS cannot be used: {}", openssl_reason());
  return {};
}

/// Reads all that is to be shown; the context gets the first and its fellows.
Status show_all(SSL_CTX* context, const std::vector<TlsFiles>& files, Parts& parts) {
  for (const TlsFiles& each : files) {
    // A context of its own: what cannot be used there is refused now, not in a handshake.
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> trial(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    if (!trial) return failure("TLS cannot be used: {}", openssl_reason());
    Result<TlsPair> pair = show_files(trial.get(), each);
    if (!pair) return tl::unexpected(pair.error());
    parts.shown.push_back(std::move(*pair));
  }
  const std::vector<std::string> first = names_of(parts.shown.front());
  bool alike = true;
  for (auto each = parts.shown.rbegin(); each != parts.shown.rend(); ++each) {
    if (names_of(*each) != first) {
      alike = false;
    } else if (!show(context, &SSL_CTX_use_cert_and_key, *each)) {
      return failure("TLS cannot be used: {}", openssl_reason());
    }
  }
  if (!alike) SSL_CTX_set_cert_cb(context, &choose, nullptr);
  return {};
}

/// Whether one of them has signed it.
bool is_of(X509_CRL* crl, const std::vector<Certificate>& authorities) {
  return std::any_of(authorities.begin(), authorities.end(), [&](const Certificate& each) {
    return X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(each.get())) == 0 &&
           X509_CRL_verify(crl, X509_get0_pubkey(each.get())) == 1;
  });
}

/// What X509_digest() says of one, or X509_CRL_digest().
template <class Of, class Digest>
std::string digest(const Of* of, Digest digest) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> room{};
  unsigned length = 0;
  if (digest(of, EVP_sha256(), room.data(), &length) != 1) return {};
  return {reinterpret_cast<const char*>(room.data()), length};
}

Status check_clients(SSL_CTX* context, const TlsServerFiles& files, Parts& parts) {
  const Result<std::vector<Certificate>> authorities = trust_file(context, "client_ca", files.client_ca);
  if (!authorities) return tl::unexpected(authorities.error());
  // So that a client with several certificates knows which to show.
  for (const Certificate& each : *authorities) {
    SSL_CTX_add_client_CA(context, each.get());
    parts.trust += digest(each.get(), &X509_digest);
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (files.client_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  if (files.crl.empty()) return {};
  Result<std::vector<Crl>> crls = read_crls("crl", files.crl);
  if (!crls) return tl::unexpected(crls.error());
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  for (const Crl& each : *crls) {
    const bool known = is_of(each.get(), *authorities);
    ERR_clear_error();
    if (!known)
      return failure("crl file {} holds a CRL by {}, which nobody in {} has signed: put that authority there",
                     files.crl, name_text(X509_CRL_get_issuer(each.get())), files.client_ca);
    parts.trust += digest(each.get(), &X509_CRL_digest);
    if (X509_STORE_add_crl(store, each.get()) != 1) return failure("crl file {}: {}", files.crl, openssl_reason());
  }
  X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
  parts.crls = std::move(*crls);
  return {};
}

/// What is served all the same, and should not stay so.
std::vector<std::string> warnings_about(const TlsServerFiles& files, const Parts& parts) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < parts.shown.size(); ++i) {
    const X509* const certificate = own(parts.shown[i]);
    if (is_over(X509_get0_notAfter(certificate)))
      all.push_back(fmt::format("the certificate in {} expired on {}: have it renewed", files.shown[i].cert,
                                date_text(X509_get0_notAfter(certificate))));
    if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
      all.push_back(fmt::format("the certificate in {} is not valid before {}: look at this machine's clock",
                                files.shown[i].cert, date_text(X509_get0_notBefore(certificate))));
  }
  for (const Crl& each : parts.crls)
    if (is_over(X509_CRL_get0_nextUpdate(each.get())))
      all.push_back(fmt::format(
          "the CRL of {} in {} expired on {}: whom it vouches for is refused until there is a new one",
          name_text(X509_CRL_get_issuer(each.get())), files.crl, date_text(X509_CRL_get0_nextUpdate(each.get()))));
  return all;
}

}  // namespace

Result<TlsContext> TlsContext::server(const TlsServerFiles& files) {
  if (files.shown.empty()) return failure("a TLS server has to show a certificate: give cert and key");
  if (files.client_ca.empty() && (files.client_required || !files.crl.empty()))
    return failure("clients cannot be asked for a certificate while nobody vouches for them: give client_ca");
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  auto* const parts = new Parts;
  if (!context || SSL_CTX_set_ex_data(context.get(), place_of_parts(), parts) != 1) {
    delete parts;
    return failure("TLS cannot be used: {}", openssl_reason());
  }
  if (const Status good = set_up_server(context.get()); !good) return tl::unexpected(good.error());
  if (const Status good = show_all(context.get(), files.shown, *parts); !good) return tl::unexpected(good.error());
  if (!files.client_ca.empty())
    if (const Status good = check_clients(context.get(), files, *parts); !good) return tl::unexpected(good.error());
  return TlsContext(std::move(context), warnings_about(files, *parts), parts->trust);
}

}  // namespace charmux::net
