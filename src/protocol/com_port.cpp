// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/com_port.hpp"

#include "charmux/protocol/telnet_options.hpp"

namespace charmux::protocol {
namespace {

/// What a server adds to the number of a client's command (RFC 2217 section 2).
constexpr std::uint8_t kServer = 100;
constexpr std::byte kIac{0xFF};

/// Bytes of a command's value on the wire.
constexpr std::size_t width(ComPortCommand command) {
  switch (command) {
    case ComPortCommand::signature:
    case ComPortCommand::flowcontrol_suspend:
    case ComPortCommand::flowcontrol_resume: return 0;
    case ComPortCommand::set_baudrate: return 4;
    default: return 1;
  }
}

constexpr bool is_notice(ComPortCommand command) {
  return command == ComPortCommand::notify_linestate || command == ComPortCommand::notify_modemstate;
}

}  // namespace

std::optional<ComPortMessage> parse_com_port(BytesView payload, bool from_server) {
  if (payload.empty()) return std::nullopt;
  const unsigned number = std::to_integer<unsigned>(payload.front());
  const unsigned first = from_server ? kServer : 0U;
  if (number < first || number - first > static_cast<unsigned>(ComPortCommand::purge_data)) return std::nullopt;
  ComPortMessage message{static_cast<ComPortCommand>(number - first)};
  payload = payload.subspan(1);
  if (message.command == ComPortCommand::signature) message.text = std::string(as_text(payload));
  const std::size_t bytes = width(message.command);
  if (payload.size() < bytes) {
    // pyserial's poll_modem: a client's notice without a value asks for the server's.
    if (from_server || !is_notice(message.command)) return std::nullopt;
    return message;
  }
  for (const std::byte byte : payload.first(bytes))
    message.value = message.value << 8U | std::to_integer<std::uint32_t>(byte);
  return message;
}

void write_com_port(const ComPortMessage& message, bool as_server, Bytes& out) {
  const auto add = [&out](std::byte byte) { out.insert(out.end(), byte == kIac ? 2 : 1, byte); };
  const auto code = [](auto name) { return std::byte{static_cast<std::uint8_t>(name)}; };
  out.insert(out.end(), {kIac, code(TelnetCommand::sb), code(TelnetOption::com_port)});
  const auto number = static_cast<std::uint8_t>(message.command);
  out.push_back(static_cast<std::byte>(as_server ? number + kServer : number));
  if (message.command == ComPortCommand::signature)
    for (const std::byte byte : as_bytes(message.text)) add(byte);
  for (std::size_t left = width(message.command); left > 0; --left)
    add(static_cast<std::byte>(message.value >> (left - 1) * 8U & 0xFFU));
  out.insert(out.end(), {kIac, code(TelnetCommand::se)});
}

}  // namespace charmux::protocol
