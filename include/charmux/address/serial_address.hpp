// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "charmux/base/result.hpp"

namespace charmux::address {

enum class Parity { none, even, odd, mark, space };
enum class FlowControl { none, rtscts, xonxoff };

/// A serial port of this host: where it is and how it is set (termios(3)).
struct Serial {
  std::string path;
  unsigned speed = 115200;  ///< in baud, one of serial_speeds().
  unsigned data_bits = 8;
  Parity parity = Parity::none;
  unsigned stop_bits = 1;
  FlowControl flow = FlowControl::none;
  friend bool operator==(const Serial&, const Serial&) = default;
};

struct Framing {
  unsigned data_bits = 8;
  Parity parity = Parity::none;
  unsigned stop_bits = 1;
  friend bool operator==(const Framing&, const Framing&) = default;
};

/// How a serial port that is a terminal server's is set, by RFC 2217. What is not said here is left as it is there.
struct RemotePort {
  std::optional<unsigned> speed;  ///< in baud, one of serial_speeds().
  std::optional<Framing> framing;
  std::optional<FlowControl> flow;
  friend bool operator==(const RemotePort&, const RemotePort&) = default;
};

/// The speeds that Linux has a name for (asm-generic/termbits.h), ascending, in baud.
[[nodiscard]] std::span<const unsigned> serial_speeds();

/// Reads "115200" into `into.speed`. Error: no number, or none of serial_speeds().
[[nodiscard]] Status parse_speed(std::string_view text, Serial& into);
/// Reads "8n1" ([5-8][neoms][12]) into data bits, parity and stop bits.
[[nodiscard]] Status parse_framing(std::string_view text, Serial& into);
/// Reads "rtscts", "xonxoff" or "none".
[[nodiscard]] Status parse_flow(std::string_view text, Serial& into);

/// "serial:/dev/ttyS0,115200,8n1,rtscts": reads back as the same.
[[nodiscard]] std::string to_text(const Serial& serial);
/// "115200,8n1,rtscts", of it what is said; empty: nothing is.
[[nodiscard]] std::string to_text(const RemotePort& port);
/// "8n1".
[[nodiscard]] std::string to_text(const Framing& framing);

}  // namespace charmux::address
