// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "frontend/session.hpp"

namespace charmux::frontend {

/// A client that gets the console's bytes and nothing else, and whose bytes are what it types. It is never told
/// anything in-band, so when it types without the pen it is closed, with the reason in the log.
class RawSession final : public Session {
 public:
  RawSession(const Context& context, net::Stream stream, console::ViewerOrigin origin, console::Console& console,
             const console::ViewerSettings& settings);

  /// Bytes that the client sent before this session was made of its connection.
  void received_before(BytesView bytes) {
    if (!bytes.empty()) received(bytes);
  }

 private:
  Sent send(BytesView bytes, std::uint64_t offset) override;
  void tell(std::string_view notice, bool off_line_start) override;
  void received(BytesView bytes) override;
  [[nodiscard]] bool half_closes() const override { return true; }
};

}  // namespace charmux::frontend
