// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "charmux/base/bytes.hpp"

namespace charmux::protocol {

/// Where keys end in what a terminal sends. A key of several bytes is a UTF-8 character; ESC and a character (Alt); a
/// CSI sequence, with the three bytes of an X10 mouse report behind CSI M, and the one of a Linux console's function
/// key behind CSI [ ; the same with SS3 instead of CSI (ESC O P is F1); or a string that answers the guest (OSC, DCS,
/// APC, PM, SOS), up to BEL or ST. CAN and SUB abort a sequence, ESC begins a new one. A lone ESC cannot be told from
/// the beginning of a sequence: who waits for the end has to lose patience. A value.
class KeyScanner {
 public:
  void pass(BytesView bytes) {
    for (const std::byte byte : bytes) pass(byte);
  }
  void pass(std::byte byte);
  /// Not inside a key.
  [[nodiscard]] bool outside() const { return state_ == State::outside; }

 private:
  enum class State : std::uint8_t { outside, escape, csi, parameters, string, rest, character };
  void pass_character(std::uint8_t byte);
  void pass_in_sequence(std::uint8_t byte);
  void rest(std::uint8_t bytes);

  State state_ = State::outside;
  std::uint8_t missing_ = 0;  ///< bytes to come, of `rest` and `character`.
  std::uint8_t low_ = 0;      ///< of a character: the next byte is in [low_, high_].
  std::uint8_t high_ = 0;
};

}  // namespace charmux::protocol
