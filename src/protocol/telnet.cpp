// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/telnet.hpp"

#include <algorithm>
#include <array>

namespace charmux::protocol {
namespace {

// RFC 1091: IAC SB TERMINAL-TYPE SEND IAC SE.
constexpr std::array<std::byte, 6> kAskTerminal = {std::byte{0xFF}, std::byte{0xFA}, std::byte{0x18},
                                                   std::byte{0x01}, std::byte{0xFF}, std::byte{0xF0}};
constexpr std::byte kTerminalIs{0};

bool is_signal(TelnetCommand command) {
  switch (command) {
    case TelnetCommand::dm:
    case TelnetCommand::brk:
    case TelnetCommand::ip:
    case TelnetCommand::ao:
    case TelnetCommand::ayt:
    case TelnetCommand::ec:
    case TelnetCommand::el: return true;
    default: return false;
  }
}

std::uint16_t big_endian(BytesView two) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(two[0]) << 8U | std::to_integer<unsigned>(two[1]));
}

}  // namespace

void TelnetPeer::feed(BytesView in, std::vector<TelnetEvent>& events, Bytes& replies) {
  while (const auto token = decoder_.next(in, binary_in())) {
    if (const auto* data = std::get_if<TelnetDecoder::Data>(&*token)) {
      events.emplace_back(TelnetData{data->bytes});
    } else if (const auto* command = std::get_if<TelnetDecoder::Command>(&*token)) {
      if (is_signal(command->command)) events.emplace_back(TelnetSignal{command->command});
    } else if (const auto* negotiation = std::get_if<TelnetDecoder::Negotiation>(&*token)) {
      hear(*negotiation, replies);
    } else if (const auto* sub = std::get_if<TelnetDecoder::Subnegotiation>(&*token)) {
      note(*sub, events);
    }
  }
}

void TelnetPeer::hear(const TelnetDecoder::Negotiation& negotiation, Bytes& replies) {
  options_.heard(negotiation.verb, negotiation.option, replies);
  if (asked_terminal_ || !options_.peers(TelnetOption::terminal_type)) return;
  asked_terminal_ = true;
  append(replies, kAskTerminal);
}

/// Only what was agreed on is listened to; anything else is dropped in silence.
void TelnetPeer::note(const TelnetDecoder::Subnegotiation& sub, std::vector<TelnetEvent>& events) const {
  const auto option = static_cast<TelnetOption>(sub.option);
  if (!options_.peers(option)) return;
  if (option == TelnetOption::window_size && sub.payload.size() == 4) {
    const TelnetWindow window{big_endian(sub.payload.first(2)), big_endian(sub.payload.last(2))};
    if (window.columns != 0 || window.rows != 0) events.emplace_back(window);
  } else if (option == TelnetOption::terminal_type && sub.payload.size() > 1 && sub.payload.front() == kTerminalIs) {
    const auto name = as_text(sub.payload.subspan(1));
    events.emplace_back(TelnetTerminal{std::string(name.substr(0, kMaxTerminalName))});
  }
}

}  // namespace charmux::protocol
