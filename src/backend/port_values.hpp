// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <termios.h>

#include <cstdint>

#include "charmux/address/serial_address.hpp"
#include "charmux/protocol/com_port.hpp"

namespace charmux::backend {

/// RFC 2217's values (section 3) of what else says it: an address,
[[nodiscard]] std::uint32_t value_of(address::Parity parity);
[[nodiscard]] std::uint32_t value_of(address::FlowControl flow);
/// or a port's termios(3), for SET-DATASIZE, SET-PARITY and SET-STOPSIZE; 0 of any other command. CSTOPB is 1.5 with 5
/// bits, and 2 with more.
[[nodiscard]] std::uint32_t value_in(const termios& settings, protocol::ComPortCommand command);
/// Puts one of these in. False: termios has no such thing (1.5 stop bits of 8), and nothing is changed.
[[nodiscard]] bool put(termios& settings, protocol::ComPortCommand command, std::uint32_t value);

/// The flow control of what is sent: 1 to 3; where both kinds are on, that by lines.
[[nodiscard]] protocol::ComPortControl flow_out(const termios& settings);
/// The flow control of what comes in: 14 to 16.
[[nodiscard]] protocol::ComPortControl flow_in(const termios& settings);
/// Puts one of either kind in; 1 to 3 are for both ways. CRTSCTS is both ways at once: whichever wish wants it has it,
/// and only one for both ways takes it away. False: termios has no such thing (by DCD, DTR or DSR).
[[nodiscard]] bool put_flow(termios& settings, protocol::ComPortControl flow);

/// The lines of TIOCMGET as the high four bits of a modem state.
[[nodiscard]] std::uint8_t modem_state_of(int lines);
/// `now`, with the bits that say what has changed since `before`; RI's only when it ends, as a UART does it.
[[nodiscard]] std::uint8_t with_changes(std::uint8_t before, std::uint8_t now);

}  // namespace charmux::backend
