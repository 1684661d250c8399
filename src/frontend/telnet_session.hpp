// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "charmux/protocol/telnet.hpp"
#include "charmux/protocol/telnet_encoder.hpp"
#include "frontend/session.hpp"
#include "frontend/telnet_scratch.hpp"

namespace charmux::frontend {

/// A telnet client: sees the console through RFC 854's encoding with notices in between, types in character mode, and
/// has its telnet commands answered. Its end of input is its goodbye: telnet clients do not half-close.
class TelnetSession final : public Session {
 public:
  TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream, console::Console& console,
                const console::ViewerSettings& settings);

  Sent send(BytesView bytes, std::uint64_t offset) override;
  void tell(std::string_view notice, bool off_line_start) override;

 private:
  void received(BytesView bytes) override;
  [[nodiscard]] bool half_closes() const override { return false; }
  void settle() override;

  void act(const protocol::TelnetSignal& signal);
  void typed(BytesView bytes);

  TelnetScratch& scratch_;
  protocol::TelnetPeer peer_{protocol::TelnetPeer::Role::server};
  protocol::TelnetWireState wire_state_;
  std::vector<protocol::TelnetEvent> events_;
  std::string told_typist_;  ///< the notice this client last got for typing in vain.
};

}  // namespace charmux::frontend
