// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "charmux/base/log.hpp"
#include "charmux/protocol/com_port.hpp"
#include "console/uart.hpp"
#include "console/viewer.hpp"

namespace charmux::frontend {

/// Where a telnet client's commands of RFC 2217 are acted on: each is answered once, in their order, though a real port
/// may take its time. Before the client has chosen a console it is answered as a port of no console would. Owned by its
/// session, from the day that the option is agreed on; for the loop's thread.
class ComPortDesk final : private console::Uart::Ear {
 public:
  /// The session, as its desk sees it.
  class Client {
   public:
    virtual ~Client() = default;
    virtual void say(const protocol::ComPortMessage& message) = 0;
    /// It wants no console bytes until it says otherwise.
    virtual void suspend(bool suspended) = 0;
    /// What it calls itself.
    virtual void signed_as(const std::string& signature) = 0;
  };
  /// Commands that may wait for their answers before the client is read no further.
  static constexpr std::size_t kMostPending = 64;

  explicit ComPortDesk(Client& client);
  ComPortDesk(const ComPortDesk&) = delete;
  ComPortDesk& operator=(const ComPortDesk&) = delete;
  ~ComPortDesk() override;

  /// From now on the port is that of this viewer's console, until detach().
  void attach(console::Viewer& viewer);
  /// The viewer is about to go, and its client stays.
  void detach();
  void hear(const protocol::ComPortMessage& message);
  [[nodiscard]] bool is_full() const { return answers_.size() >= kMostPending; }

 private:
  /// In the order in which they are to be given; none: not known yet.
  struct Pending {
    protocol::ComPortMessage message;
    bool known;
  };
  void modem_changed(std::uint8_t modem_state) override;
  void line_said(std::uint8_t line_state) override;

  void act(const protocol::ComPortMessage& message);
  void answer(const protocol::ComPortMessage& message);
  void give_answers();
  void set_mask(std::uint8_t& mask, const protocol::ComPortMessage& message);
  void tell_modem(std::uint8_t changed, bool at_all_events);
  [[nodiscard]] std::uint8_t lines() const;

  Client& client_;
  console::Viewer* viewer_ = nullptr;
  console::VirtualPort nowhere_;  ///< answers while there is no console.
  std::deque<Pending> answers_;
  std::uint64_t given_ = 0;  ///< how many of the commands have been answered.
  std::uint8_t line_mask_ = 0;
  std::uint8_t modem_mask_ = 0xFF;
  std::optional<std::uint8_t> told_lines_;  ///< as the client knows them; none: it was told nothing yet.
  std::shared_ptr<const void> alive_ = std::make_shared<char>();  ///< for answers that may come too late.
};

}  // namespace charmux::frontend
