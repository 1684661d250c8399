// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_window.hpp"

// glibc's <netinet/tcp.h> has a tcp_info of 2013, of the same name: the two cannot be had in one file.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>

namespace charmux::net {

std::optional<PeerReads> peer_reads(int fd) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return std::nullopt;
  if (length < offsetof(tcp_info, tcpi_snd_wnd) + sizeof info.tcpi_snd_wnd) return std::nullopt;
  const std::uint64_t window_end = info.tcpi_bytes_acked + info.tcpi_snd_wnd;
  const std::uint64_t sent = info.tcpi_bytes_sent - info.tcpi_bytes_retrans;
  return PeerReads{window_end, window_end + (sent > info.tcpi_bytes_acked ? sent - info.tcpi_bytes_acked : 0)};
}

}  // namespace charmux::net
