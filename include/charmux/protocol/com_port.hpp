// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "charmux/base/bytes.hpp"

namespace charmux::protocol {

/// The commands of telnet's COM-PORT-OPTION (RFC 2217 section 3), by the client's numbers; a server's are 100 more.
enum class ComPortCommand : std::uint8_t {
  signature = 0,
  set_baudrate = 1,
  set_datasize = 2,
  set_parity = 3,
  set_stopsize = 4,
  set_control = 5,
  notify_linestate = 6,   ///< a server's alone
  notify_modemstate = 7,  ///< a server's alone
  flowcontrol_suspend = 8,
  flowcontrol_resume = 9,
  set_linestate_mask = 10,
  set_modemstate_mask = 11,
  purge_data = 12,
};

/// Values of SET-CONTROL (RFC 2217 section 3, "SET-CONTROL").
enum class ComPortControl : std::uint8_t {
  ask_flow = 0,
  flow_none,
  flow_xonxoff,
  flow_rtscts,
  ask_break = 4,
  break_on,
  break_off,
  ask_dtr = 7,
  dtr_on,
  dtr_off,
  ask_rts = 10,
  rts_on,
  rts_off,
  ask_flow_in = 13,
  flow_in_none,
  flow_in_xonxoff,
  flow_in_rtscts,
  flow_dcd = 17,
  flow_in_dtr,
  flow_dsr,
};

/// Bits of a modem state (RFC 2217, NOTIFY-MODEMSTATE): the lines, and below them which of them have changed.
namespace modem {
inline constexpr std::uint8_t kCd = 0x80;
inline constexpr std::uint8_t kRi = 0x40;
inline constexpr std::uint8_t kDsr = 0x20;
inline constexpr std::uint8_t kCts = 0x10;
inline constexpr std::uint8_t kCdChanged = 0x08;
inline constexpr std::uint8_t kRiFell = 0x04;
inline constexpr std::uint8_t kDsrChanged = 0x02;
inline constexpr std::uint8_t kCtsChanged = 0x01;
}  // namespace modem

/// Bits of a line state (RFC 2217, NOTIFY-LINESTATE) that can be known here.
namespace line {
inline constexpr std::uint8_t kBreak = 0x10;
inline constexpr std::uint8_t kFramingError = 0x08;
inline constexpr std::uint8_t kParityError = 0x04;
inline constexpr std::uint8_t kOverrun = 0x02;
}  // namespace line

/// One command of the option. `value` is its number: of SET-BAUDRATE 4 bytes on the wire, of others one; of a signature
/// and of FLOWCONTROL-* it has none. `text` is a signature's; an empty one asks for the other side's.
struct ComPortMessage {
  ComPortCommand command{};
  std::uint32_t value = 0;
  std::string text{};
  friend bool operator==(const ComPortMessage&, const ComPortMessage&) = default;
};

/// The message in a sub-negotiation's payload (behind the option's number), as the other side sends it: a client's to
/// us as a server, and the reverse. nullopt: none of the RFC's, or too short.
[[nodiscard]] std::optional<ComPortMessage> parse_com_port(BytesView payload, bool from_server);
/// Appends IAC SB COM-PORT-OPTION ... IAC SE, each 0xFF in it doubled.
void write_com_port(const ComPortMessage& message, bool as_server, Bytes& out);

}  // namespace charmux::protocol
