// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_window.hpp"

// glibc's <netinet/tcp.h> has a tcp_info of 2013, of the same name: the two cannot be had in one file.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>

namespace charmux::net {
namespace {

/// The longest that Linux keeps back an acknowledgement while data comes (TCP_DELACK_MIN), in microseconds.
constexpr std::uint64_t kKeptBack = 40'000;

/// Of what is on its way, so much may have been read: on a long path what was sent last cannot even have arrived.
std::uint64_t in_doubt(const tcp_info& info) {
  const std::uint64_t sent = info.tcpi_bytes_sent - info.tcpi_bytes_retrans;
  const std::uint64_t flight = sent > info.tcpi_bytes_acked ? sent - info.tcpi_bytes_acked : 0;
  return flight * kKeptBack / std::max<std::uint64_t>(info.tcpi_rtt, kKeptBack);
}

}  // namespace

std::optional<PeerReads> peer_reads(int fd) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return std::nullopt;
  if (length < offsetof(tcp_info, tcpi_snd_wnd) + sizeof info.tcpi_snd_wnd) return std::nullopt;
  const std::uint64_t window_end = info.tcpi_bytes_acked + info.tcpi_snd_wnd;
  return PeerReads{window_end, window_end + in_doubt(info)};
}

}  // namespace charmux::net
