// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "charmux/base/bytes.hpp"
#include "net/stream.hpp"

namespace charmux::frontend {

/// What a session owes its client beside console output: notices, negotiation, the rest of an escape. Sent before any
/// further console byte. Holds memory only while something is owed.
class Outbox {
 public:
  /// Where to append.
  [[nodiscard]] Bytes& bytes() { return bytes_; }
  [[nodiscard]] bool empty() const { return bytes_.size() == sent_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size() - sent_; }

  /// Sends what the socket takes. The last Io that is not `moved`, or `moved` when all is gone.
  net::Io flush(net::Stream& stream);

 private:
  Bytes bytes_;
  std::size_t sent_ = 0;
};

}  // namespace charmux::frontend
