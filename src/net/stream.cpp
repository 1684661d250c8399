// SPDX-License-Identifier: Apache-2.0
#include "net/stream.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "loop/poll.hpp"
#include "net/endpoint.hpp"
#include "net/socket_options.hpp"

namespace charmux::net {
namespace {

std::string name_of_peer(int fd) {
  const Endpoint peer = peer_of(fd);
  if (peer.length == 0) return "a client that has gone";
  if (peer.family() != AF_UNIX) return peer.text();
  ucred credentials{};
  socklen_t length = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return "uid unknown";
  return fmt::format("uid {}", credentials.uid);
}

}  // namespace

Stream::Stream(UniqueFd fd, std::size_t send_queue) : fd_(std::move(fd)), peer_(name_of_peer(fd_.get())) {
  const int queue = static_cast<int>(send_queue);
  // The urgent byte of telnet's Synch (RFC 854) is the second half of IAC DM: taken out of the stream, it would make a
  // command of what is typed next.
  set_option(fd_.get(), SOL_SOCKET, SO_OOBINLINE, 1);
  tcp_ = is_tcp(fd_.get());
  if (!tcp_) set_option(fd_.get(), SOL_SOCKET, SO_SNDBUF, queue);
  if (!tcp_) return;
  set_tcp_options(fd_.get());
  set_option(fd_.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, queue);
}

Status Stream::start_tls(const TlsContext& context, const TlsPeer& peer) {
  Result<std::unique_ptr<TlsSession>> session = TlsSession::client(context, fd_.get(), peer);
  if (!session) return tl::unexpected(session.error());
  tls_ = std::move(*session);
  return {};
}

Status Stream::accept_tls(const TlsContext& context) {
  Result<std::unique_ptr<TlsSession>> session = TlsSession::server(context, fd_.get());
  if (!session) return tl::unexpected(session.error());
  tls_ = std::move(*session);
  return {};
}

Io Stream::send(BytesView bytes) {
  if (tls_) return tls_->send(bytes);
  return Io::from(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
}

Io Stream::recv(BytesSpan room) {
  if (tls_) return tls_->recv(room);
  return Io::from(::recv(fd_.get(), room.data(), room.size(), MSG_DONTWAIT));
}

Io Stream::look() {
  if (tls_) return tls_->look();
  std::byte one{};
  return Io::from(::recv(fd_.get(), &one, 1, MSG_PEEK | MSG_DONTWAIT));
}

Urgent Stream::urgent() const {
  pollfd socket{fd_.get(), POLLPRI, 0};
  if (!may_be_urgent() || ::poll(&socket, 1, 0) <= 0 || (socket.revents & POLLPRI) == 0) return Urgent::none;
  int here = 0;
  return ::ioctl(fd_.get(), SIOCATMARK, &here) == 0 && here != 0 ? Urgent::here : Urgent::ahead;
}

unsigned Stream::poll_for(unsigned interest) const {
  if (!tls_) return interest;
  if (tls_->clogged()) interest &= ~unsigned{loop::kReadable};
  return tls_->owes() ? interest | unsigned{loop::kWritable} : interest;
}

void Stream::flush() {
  if (tls_) tls_->flush();
  if (!ending_ || owes()) return;
  ending_ = false;
  (void)net::end_sending(fd_.get());
}

Outstanding Stream::outstanding() const {
  int queued = 0;
  if (!tcp_ || ::ioctl(fd_.get(), SIOCOUTQ, &queued) != 0 || queued <= 0) return {};
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(fd_.get(), IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return {};
  // One that reads nothing has closed its window: what is queued then was never sent, and each probe is answered.
  if (info.tcpi_unacked == 0 && info.tcpi_probes == 0) return {};
  return {static_cast<std::size_t>(queued), std::chrono::milliseconds(info.tcpi_last_ack_recv)};
}

std::optional<PeerReads> Stream::reads() const { return tcp_ ? peer_reads(fd_.get()) : std::nullopt; }

void Stream::end_sending() {
  if (tls_) tls_->end_sending();
  ending_ = true;
  flush();
}

}  // namespace charmux::net
