// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <termios.h>

#include <string>

#include "charmux/address/serial_address.hpp"

namespace charmux::backend {

/// What a port is asked for (termios(3)): raw, with the address's speed, framing and flow control; read whether or not
/// a carrier is there (CLOCAL). Without HUPCL: the last close would lower DTR, and a board that resets on DTR must not
/// be reset because charmuxd is started again.
[[nodiscard]] termios serial_settings(const address::Serial& at);

/// The name (B115200) of a speed in baud; B0: it has none.
[[nodiscard]] speed_t name_of_speed(unsigned baud);

/// What of the address the port did not take, as the address says it ("4000000 baud", "7e2", "rtscts"), joined by
/// "and"; empty: all is as asked. `got` is what tcgetattr(3) says afterwards: tcsetattr(3) succeeds if any part of it
/// did.
[[nodiscard]] std::string not_taken(const address::Serial& at, const termios& got);

}  // namespace charmux::backend
