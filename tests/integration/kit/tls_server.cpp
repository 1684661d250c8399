// SPDX-License-Identifier: Apache-2.0
#include "tls_server.hpp"

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cstdlib>
#include <utility>

namespace charmux::test {
namespace {

using Context = std::shared_ptr<SSL_CTX>;

void set_up(SSL_CTX* context, const TlsServing& serving, X509* client_ca) {
  if (serving.old) SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
  // As QEMU: no tickets, which would tell the client that all is well.
  SSL_CTX_set_num_tickets(context, 0);
  if (client_ca == nullptr) return;
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context), client_ca);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (serving.takes_anybody ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT), nullptr);
}

}  // namespace

TlsServer::TlsServer(UniqueFd fd, const TlsServing& serving)
    : TlsEnd(std::move(fd), [&] {
        Context context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
        show(context.get(), serving.own);
        set_up(context.get(), serving, serving.client_ca.empty() ? nullptr : certificate(serving.client_ca).get());
        return context;
      }()) {
  SSL_set_accept_state(ssl());
}

void TlsServer::update_keys() {
  if (SSL_key_update(ssl(), SSL_KEY_UPDATE_REQUESTED) != 1) std::abort();
}

void TlsServer::say_end() { SSL_shutdown(ssl()); }

void TlsServer::reset() {
  const linger now{1, 0};
  ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

std::string TlsServer::asked_for() const {
  const char* const name = SSL_get_servername(ssl(), TLSEXT_NAMETYPE_host_name);
  return name != nullptr ? name : "-";
}

}  // namespace charmux::test
