// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace charmux::net {

/// How far a peer has read, in bytes since the connection was made and a constant.
struct PeerReads {
  std::uint64_t at_least;  ///< as it has said.
  std::uint64_t
      at_most;  ///< what is on its way may have been read, and its acknowledgement be delayed (RFC 1122, 4.2.3.2).
};

/// By the window that the peer of a TCP socket offers: where that ends moves on as the peer reads, and only so, but for
/// what its kernel adds to its buffer (TCP_INFO: tcpi_bytes_acked + tcpi_snd_wnd, Linux 5.4). None: not known.
[[nodiscard]] std::optional<PeerReads> peer_reads(int fd);

}  // namespace charmux::net
