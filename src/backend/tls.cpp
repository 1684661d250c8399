// SPDX-License-Identifier: Apache-2.0
#include "backend/tls.hpp"

#include <utility>

#include "backend/tls_channel.hpp"
#include "backend/tls_remedy.hpp"
#include "charmux/base/units.hpp"
#include "net/socket_options.hpp"

namespace charmux::backend {
namespace {

/// The most input that waits unsent in the kernel's queue: 45 KiB of what is typed, see kInRecord.
constexpr std::size_t kSendQueue = 1 * MiB;

/// A server that asked for our certificate says what it thinks of it only when its client thinks that all is well (TLS
/// 1.3; QEMU 7.2: always, by closing). So long that is waited for; a verdict that comes later closes the console.
constexpr std::chrono::milliseconds kVerdict{500};

/// QEMU decrypts a whole record, gives its UART what that takes, and then waits for the socket, not for the rest: that
/// hangs until something else is typed (7.2, seen). A record of one byte has no rest; it is 23 bytes.
constexpr std::size_t kInRecord = 1;

net::TlsPeer peer_of(const address::HostPort& at, const address::TlsTerms& terms) {
  const bool verify = terms.verify != "off";
  return {at.host, verify ? terms.verify : "", verify, kInRecord};
}

}  // namespace

Tls::Tls(loop::Loop& loop, std::chrono::milliseconds connect_timeout, const address::HostPort& at,
         address::TlsTerms terms, std::string text, Owner& owner)
    : loop_(loop),
      timeout_(connect_timeout),
      at_(at),
      terms_(std::move(terms)),
      text_(std::move(text)),
      owner_(owner),
      connector_(loop, connect_timeout, at, text_,
                 {[this](UniqueFd fd) { connected(std::move(fd)); },
                  [this](State state, const std::string& reason) { owner_.failed(state, reason); }}),
      patience_(loop, [this] { out_of_patience(); }) {}

void Tls::begin() {
  using Made = Result<net::TlsContext>;
  auto made = std::make_shared<std::optional<Made>>();
  const net::TlsFiles files{terms_.ca, terms_.cert, terms_.key};
  reading_ = loop::Work(
      loop_, [made, files] { *made = net::TlsContext::client(files); },
      [this, made] {
        if (!**made) return fail(State::refused, (*made)->error().text);
        context_ = std::move(***made);
        connector_.connect();
      });
}

void Tls::connected(UniqueFd fd) {
  shaken_ = false;
  stream_.emplace(std::move(fd), kSendQueue);
  if (const Status started = stream_->start_tls(*context_, peer_of(at_, terms_)); !started)
    return fail(State::refused, started.error().text);
  Result<loop::Poll> poll = loop::Poll::watch(loop_, stream_->fd(), [this](unsigned) { shaken_ ? look() : go_on(); });
  if (!poll) return fail(State::refused, poll.error().text);
  poll_ = std::move(*poll);
  patience_.start(timeout_);
  go_on();
}

void Tls::watch() { poll_.want(stream_->poll_for(loop::kReadable)); }

void Tls::go_on() {
  stream_->flush();
  const net::Io io = stream_->handshake();
  if (io.kind == net::Io::Kind::again) return watch();
  io.kind == net::Io::Kind::moved ? shaken() : ended(io);
}

void Tls::shaken() {
  if (!stream_->tls()->was_asked_for_certificate()) return open();
  shaken_ = true;
  patience_.start(kVerdict);
  look();
}

void Tls::look() {
  stream_->flush();
  const net::Io io = stream_->look();
  if (io.kind == net::Io::Kind::again) return watch();
  io.kind == net::Io::Kind::moved ? open() : ended(io);
}

void Tls::open() {
  patience_.stop();
  poll_ = {};
  const auto why = [terms = terms_](const net::TlsSession& tls) { return tls_reason(tls, terms); };
  auto channel = std::make_unique<TlsChannel>(loop_, std::move(*stream_), text_, why);
  stream_.reset();
  if (terms_.verify == "off")
    owner_.remarked(fmt::format("{}: NOT verified: whoever answers there is believed (verify=off)", text_));
  owner_.opened(std::move(channel), 0);
}

void Tls::ended(const net::Io& io) {
  if (io.kind == net::Io::Kind::error && io.error_number != EPROTO)
    return fail(State::closed, errno_text(io.error_number));
  const bool wanted = stream_->tls()->was_asked_for_certificate();
  const bool known = io.kind == net::Io::Kind::error || (shaken_ && wanted);
  known ? fail(State::refused, tls_reason(*stream_->tls(), terms_))
        : fail(State::closed, "the other side closed the connection in the TLS handshake; its log may say why");
}

void Tls::out_of_patience() {
  if (shaken_) return open();
  // It does not read, so an end it would not notice, and answer this handshake before the next.
  net::reset_when_closed(stream_->fd());
  abandon();
  owner_.failed(State::waiting, "held by another client");
}

void Tls::fail(State state, const std::string& why) {
  const std::string reason = fmt::format("{}: {}", text_, why);
  abandon();
  owner_.failed(state, reason);
}

void Tls::abandon() {
  connector_.abandon();
  reading_ = {};
  patience_.stop();
  poll_ = {};
  stream_.reset();
}

}  // namespace charmux::backend
