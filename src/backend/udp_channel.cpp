// SPDX-License-Identifier: Apache-2.0
#include "backend/udp_channel.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <utility>

#include "net/datagram_socket.hpp"

namespace charmux::backend {
namespace {

/// No datagram is larger (RFC 768: its length has 16 bits).
constexpr std::size_t kLargest = 65535;
/// Fits in one Ethernet frame, and in the 4096 bytes that QEMU reads a datagram into, cutting the others (7.2).
constexpr std::size_t kPiece = 1024;
/// So that one who sends nothing but empty datagrams does not hold the loop.
constexpr int kMostAtOnce = 4096;

/// What ICMP or the kernel's own routes say of one datagram: the next may arrive.
bool is_of_the_way(int error_number) {
  constexpr std::array kOfTheWay = {ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN,  ENETDOWN, ENOPROTOOPT, EPROTO,
                                    EACCES,       EPERM,        EMSGSIZE,    EOPNOTSUPP, ENOBUFS,  ENONET};
  return std::find(kOfTheWay.begin(), kOfTheWay.end(), error_number) != kOfTheWay.end();
}

std::string peer_of(int fd) {
  net::Endpoint peer;
  peer.length = sizeof peer.storage;
  (void)::getpeername(fd, reinterpret_cast<sockaddr*>(&peer.storage), &peer.length);
  return peer.text();
}

}  // namespace

UdpChannel::UdpChannel(loop::Loop& loop, UniqueFd fd, std::string text, Opener::Owner& owner)
    : Descriptor(loop, std::move(fd)),
      text_(std::move(text)),
      peer_(peer_of(this->fd())),
      rest_(kLargest),
      rest_waits_(loop, [this] { told_->channel_ready(loop::kReadable); }),
      dropped_(net::datagrams_dropped(this->fd())),
      lost_(loop,
            [this, &owner](std::uint64_t count) {
              owner.remarked(fmt::format("{}: {} datagrams lost: they came faster than they were read", text_, count));
            }),
      unheard_(loop, [this, &owner](std::uint64_t) {
        const std::string why =
            error_ == ECONNREFUSED ? fmt::format("nobody listens at {}", peer_) : errno_text(error_);
        owner.remarked(fmt::format("{}: {}: what was typed is lost", text_, why));
      }) {}

Status UdpChannel::start(Owner& owner) {
  told_ = &owner;
  return Descriptor::start(owner);
}

void UdpChannel::want(unsigned interest) {
  interest_ = interest;
  Descriptor::want(interest);
  rest_waits_.waits(rest_begin_ < rest_end_ && (interest & loop::kReadable) != 0);
}

net::Io UdpChannel::read(BytesSpan room) {
  std::size_t got = take_rest(room);
  // A UART's characters come in a datagram each (QEMU 7.2, serial.c).
  for (int count = 0; count < kMostAtOnce && got < room.size(); ++count) {
    const net::Io io = receive(room.subspan(got));
    if (io.kind == net::Io::Kind::again) break;
    if (io.kind == net::Io::Kind::error && got == 0) return io;
    if (io.kind == net::Io::Kind::error) break;
    got += io.bytes;
  }
  look_for_losses();
  if (got == 0) return {net::Io::Kind::again};
  return {net::Io::Kind::moved, got};
}

std::size_t UdpChannel::take_rest(BytesSpan room) {
  const std::size_t size = std::min(room.size(), rest_end_ - rest_begin_);
  std::copy_n(rest_.begin() + static_cast<std::ptrdiff_t>(rest_begin_), size, room.begin());
  rest_begin_ += size;
  return size;
}

/// One datagram; what there is no room for is kept. Of an empty one, and of news that none arrived, 0 bytes are moved.
net::Io UdpChannel::receive(BytesSpan room) {
  std::array<iovec, 2> places{{{room.data(), room.size()}, {rest_.data(), rest_.size()}}};
  msghdr message{};
  message.msg_iov = places.data();
  message.msg_iovlen = places.size();
  const ssize_t result = ::recvmsg(fd(), &message, MSG_DONTWAIT);
  if (result == 0) return {net::Io::Kind::moved, 0};
  const net::Io io = net::Io::from(result);
  if (io.kind == net::Io::Kind::error && is_of_the_way(io.error_number)) {
    not_heard(io.error_number);
    return {net::Io::Kind::moved, 0};
  }
  if (io.kind != net::Io::Kind::moved) return io;
  const std::size_t direct = std::min(room.size(), io.bytes);
  rest_begin_ = 0;
  rest_end_ = io.bytes - direct;
  return {net::Io::Kind::moved, direct};
}

void UdpChannel::look_for_losses() {
  const std::uint32_t dropped = net::datagrams_dropped(fd());
  lost_.count(dropped - std::exchange(dropped_, dropped));
}

void UdpChannel::not_heard(int error_number) {
  error_ = error_number;
  unheard_.count(1);
}

net::Io UdpChannel::write(BytesView bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const net::Io io = send(bytes.subspan(sent, std::min(kPiece, bytes.size() - sent)));
    if (io.kind != net::Io::Kind::moved && sent == 0) return io;
    if (io.kind != net::Io::Kind::moved) break;
    sent += io.bytes;
  }
  return {net::Io::Kind::moved, sent};
}

net::Io UdpChannel::send(BytesView piece) {
  // An error may be news of a datagram sent before, and then this one has not been sent.
  for (int count = 0;; ++count) {
    const net::Io io = net::Io::from(::send(fd(), piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    if (io.kind != net::Io::Kind::error || !is_of_the_way(io.error_number)) return io;
    not_heard(io.error_number);
    if (count > 0) return {net::Io::Kind::moved, piece.size()};
  }
}

std::string UdpChannel::why_ended(const net::Io& io) const {
  return fmt::format("{}: {}", text_, errno_text(io.error_number));
}

void UdpChannel::send_break(std::function<void(Status)> answer) {
  answer(failure("no break: UDP carries none, only QEMU's monitor does"));
}

}  // namespace charmux::backend
