// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "charmux/protocol/telnet_encoder.hpp"

namespace charmux::frontend {

/// The last piece of console output that was encoded for telnet. Viewers that stand at the same place in the same state
/// follow one another in a fan-out, so each piece is encoded once for all of them; but for a query in it, which is for
/// one terminal and not for others (protocol/terminal_queries). One a loop; shared by its sessions.
class TelnetScratch {
 public:
  struct Encoded {
    BytesView bytes;                  ///< valid until the next call.
    std::size_t taken;                ///< of the source; less than all where its end may yet become a query.
    protocol::TelnetWireState after;  ///< the state once all of it is sent.
  };
  /// `offset` is where `source` stands in its console; with the address of `source` it says which piece of output it
  /// is. Of its queries those are left out that end at `asked_from` or before; without that it is not looked at for
  /// any.
  [[nodiscard]] Encoded encode(BytesView source, std::uint64_t offset, bool binary, protocol::TelnetWireState before,
                               std::optional<std::uint64_t> asked_from);
  /// What it means that of the last Encoded only the first `sent` bytes went out.
  [[nodiscard]] protocol::TelnetProgress progress(std::size_t sent) const;

 private:
  /// What is encoded between two queries that are left out.
  struct Run {
    std::size_t begin;  ///< in the source
    std::size_t size;
    std::size_t wire;  ///< where it begins in `bytes_`
    protocol::TelnetWireState before;
  };
  void sort_out();
  void add_run(std::size_t begin, std::size_t end);

  BytesView source_;
  std::uint64_t offset_ = 0;
  bool binary_ = false;
  protocol::TelnetWireState before_;
  std::optional<std::uint64_t> asked_from_;
  bool for_all_ = false;  ///< there is nothing in it that would be sent to some only.
  std::size_t taken_ = 0;
  protocol::TelnetWireState after_;
  std::vector<Run> runs_;
  Bytes bytes_;
};

}  // namespace charmux::frontend
