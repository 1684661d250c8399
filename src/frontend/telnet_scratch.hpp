// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "charmux/base/bytes.hpp"
#include "charmux/protocol/telnet_encoder.hpp"

namespace charmux::frontend {

/// The last piece of console output that was encoded for telnet. Viewers that stand at the same place in the same state
/// follow one another in a fan-out, so each piece is encoded once for all of them. One a loop; shared by its sessions.
class TelnetScratch {
 public:
  struct Encoded {
    BytesView bytes;                  ///< valid until the next call.
    protocol::TelnetWireState after;  ///< the state once all of it is sent.
  };
  /// `offset` is where `source` stands in its console; with the address of `source` it says which piece of output it
  /// is.
  [[nodiscard]] Encoded encode(BytesView source, std::uint64_t offset, bool binary, protocol::TelnetWireState before);

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::uint64_t offset_ = 0;
  bool binary_ = false;
  protocol::TelnetWireState before_;
  protocol::TelnetWireState after_;
  Bytes bytes_;
};

}  // namespace charmux::frontend
