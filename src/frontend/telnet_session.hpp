// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "charmux/protocol/telnet.hpp"
#include "charmux/protocol/telnet_encoder.hpp"
#include "frontend/menu.hpp"
#include "frontend/session.hpp"
#include "frontend/telnet_scratch.hpp"

namespace charmux::frontend {

/// A telnet client: sees the console through RFC 854's encoding with notices in between, types in character mode, and
/// has its telnet commands answered. One without a console of its own is in a menu first. Its end of input is its
/// goodbye: telnet clients do not half-close.
class TelnetSession final : public Session {
 public:
  /// What stands behind a menu.
  struct Choices {
    Menu::Rows rows;
    /// The console of that name, and how it is watched through this door; null: it has gone since.
    std::function<console::Console*(const std::string& name)> find;
    std::function<console::ViewerSettings(const console::Console&)> settings;
  };
  TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream, console::ViewerOrigin origin,
                console::Console& console, const console::ViewerSettings& settings);
  TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream, console::ViewerOrigin origin,
                Choices choices);

  /// Bytes that the client sent before this session was made of its connection.
  void received_before(BytesView bytes) {
    if (!bytes.empty()) received(bytes);
  }

 private:
  TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream, console::ViewerOrigin origin);

  // Wire
  Sent send(BytesView bytes, std::uint64_t offset) override;
  void tell(std::string_view notice, bool off_line_start) override;
  // Connection
  void received(BytesView bytes) override;
  [[nodiscard]] std::size_t read_room() const override;
  [[nodiscard]] bool half_closes() const override { return false; }
  void stopping() override;
  void settle() override;

  void act(const protocol::TelnetSignal& signal);
  void send_break();
  void data(BytesView bytes);
  void choose(BytesView& bytes);
  void typed(BytesView bytes);
  void say(std::string_view text);

  TelnetScratch& scratch_;
  protocol::TelnetPeer peer_{protocol::TelnetPeer::Role::server};
  protocol::TelnetWireState wire_state_;
  std::vector<protocol::TelnetEvent> events_;
  std::string told_typist_;  ///< the notice this client last got for typing in vain.

  /// Until a console is chosen, and the first key after it.
  struct Choosing {
    Choices choices;
    Menu menu;
    std::string shown;  ///< what the menu has said and the client has not been sent yet
    bool left = false;
  };
  std::unique_ptr<Choosing> choosing_;
  bool break_on_its_way_ = false;                                 ///< those that come meanwhile are dropped.
  std::shared_ptr<const void> alive_ = std::make_shared<char>();  ///< for answers that may come too late.
};

}  // namespace charmux::frontend
