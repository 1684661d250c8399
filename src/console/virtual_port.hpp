// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "charmux/protocol/com_port.hpp"

namespace charmux::console {

/// What a serial port is set to, where there is none to be asked: it takes whatever a port could be set to, and
/// remembers it. 115200 8n1 without flow control, DTR and RTS on, until it is told otherwise. Values are RFC 2217's
/// (section 3). A plain value.
class VirtualPort {
 public:
  /// SET-BAUDRATE, SET-DATASIZE, SET-PARITY, SET-STOPSIZE or SET-CONTROL: what holds after it, which is the value that
  /// was asked for unless no port could have it. Of PURGE-DATA: the value.
  std::uint32_t set(protocol::ComPortCommand command, std::uint32_t value);
  /// The same for a value that is known to hold.
  void remember(protocol::ComPortCommand command, std::uint32_t value) { (void)set(command, value); }

 private:
  std::uint32_t control(std::uint32_t value);

  std::uint32_t speed_ = 115'200;
  std::uint8_t data_bits_ = 8;
  std::uint8_t parity_ = 1;
  std::uint8_t stop_bits_ = 1;
  protocol::ComPortControl flow_ = protocol::ComPortControl::flow_none;
  protocol::ComPortControl flow_in_ = protocol::ComPortControl::flow_in_none;
  protocol::ComPortControl break_ = protocol::ComPortControl::break_off;
  protocol::ComPortControl dtr_ = protocol::ComPortControl::dtr_on;
  protocol::ComPortControl rts_ = protocol::ComPortControl::rts_on;
};

/// The same command as a question for what holds; of PURGE-DATA, one that purges nothing: 0.
[[nodiscard]] std::uint32_t question(protocol::ComPortCommand command, std::uint32_t value);

}  // namespace charmux::console
