// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace charmux::backend {

/// A serial port's modem lines: what TIOCMGET says (tty_ioctl(2)). nullopt: it has none, as a pty.
[[nodiscard]] std::optional<int> modem_lines(int fd);

/// For who looks for a fault in a cable: "DTR RTS on, CTS DSR CD RI off".
[[nodiscard]] std::string shown_lines(int lines);

}  // namespace charmux::backend
