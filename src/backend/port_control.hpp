// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "charmux/protocol/com_port.hpp"

namespace charmux::backend {

/// The lines of a port that has none, or whose lines are not known: on, and nothing rings.
inline constexpr std::uint8_t kUnknownModemState = protocol::modem::kCd | protocol::modem::kDsr | protocol::modem::kCts;
/// PURGE-DATA's bit for what was typed and has not been sent (RFC 2217: 2 and 3).
inline constexpr std::uint32_t kPurgeTyped = 2;

/// A serial port's settings and lines, where the chardev is one or leads to one: RFC 2217's commands and values are the
/// common tongue. A part of a Channel, and gone with it. For the loop's thread; nothing here waits.
class PortControl {
 public:
  /// Gets the value that holds after the command, which need not be the one that was asked for.
  using Answer = std::function<void(std::uint32_t value)>;
  /// What is heard of the port by itself: lines that changed (modem state with its change bits), or errors and breaks
  /// on the wire (line state). Whoever is told may not close the port meanwhile.
  struct Ear {
    std::function<void(std::uint8_t modem_state)> modem;
    std::function<void(std::uint8_t line_state)> line;
  };
  virtual ~PortControl() = default;
  /// SET-BAUDRATE, SET-DATASIZE, SET-PARITY, SET-STOPSIZE, SET-CONTROL (all of them with value 0, or an ask_ value, are
  /// questions) or PURGE-DATA, of which only what was typed is thrown away: what has come is everybody's. `answer` is
  /// called once, perhaps from inside this, unless the port is gone first.
  virtual void ask(protocol::ComPortCommand command, std::uint32_t value, Answer answer) = 0;
  /// The lines as they are now (high four bits); those that are not known: kUnknownModemState.
  [[nodiscard]] virtual std::uint8_t modem_state() const = 0;
  /// From now on `ear` is told; an empty one: nobody, and nothing need be looked at.
  virtual void listen(Ear ear) = 0;
};

}  // namespace charmux::backend
