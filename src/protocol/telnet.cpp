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
constexpr std::byte kTerminalSend{1};

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

constexpr std::byte code(TelnetCommand command) { return std::byte{static_cast<std::uint8_t>(command)}; }
constexpr std::byte high(std::uint16_t number) { return static_cast<std::byte>(number >> 8U); }
constexpr std::byte low(std::uint16_t number) { return static_cast<std::byte>(number & 0xFFU); }

void subnegotiate(TelnetOption option, BytesView payload, Bytes& out) {
  out.insert(out.end(),
             {code(TelnetCommand::iac), code(TelnetCommand::sb), std::byte{static_cast<std::uint8_t>(option)}});
  for (const std::byte byte : payload) out.insert(out.end(), byte == code(TelnetCommand::iac) ? 2 : 1, byte);
  out.insert(out.end(), {code(TelnetCommand::iac), code(TelnetCommand::se)});
}

std::uint16_t big_endian(BytesView two) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(two[0]) << 8U | std::to_integer<unsigned>(two[1]));
}

}  // namespace

void TelnetPeer::feed(BytesView in, std::vector<TelnetEvent>& events, Bytes& replies) {
  while (const auto token = decoder_.next(in, binary_in())) {
    if (const auto* data = std::get_if<TelnetDecoder::Data>(&*token)) {
      if (!discards_data(data->bytes.size())) events.emplace_back(TelnetData{data->bytes});
    } else if (const auto* command = std::get_if<TelnetDecoder::Command>(&*token)) {
      signal(command->command, events);
    } else if (const auto* negotiation = std::get_if<TelnetDecoder::Negotiation>(&*token)) {
      hear(*negotiation, events, replies);
    } else if (const auto* sub = std::get_if<TelnetDecoder::Subnegotiation>(&*token)) {
      note(*sub, events);
      answer(*sub, replies);
    }
  }
}

/// Before the end of the urgent data a DM may be an earlier Synch's; so it ends nothing but when it is the last.
bool TelnetPeer::discards_data(std::size_t bytes) {
  discards_ = discards_ || urgent_;
  if (discards_) discarded_ += bytes;
  return discards_;
}

void TelnetPeer::signal(TelnetCommand command, std::vector<TelnetEvent>& events) {
  if (command == TelnetCommand::dm) discards_ = false;
  if (is_signal(command)) events.emplace_back(TelnetSignal{command});
}

void TelnetPeer::give_mark(Bytes& replies) {
  replies.insert(replies.end(), {code(TelnetCommand::iac), code(TelnetCommand::will),
                                 std::byte{static_cast<std::uint8_t>(TelnetOption::timing_mark)}});
}

void TelnetPeer::have_terminal(std::string name, TelnetWindow window) {
  terminal_ = std::move(name);
  window_ = window;
  options_.have_terminal();
}

void TelnetPeer::resize(TelnetWindow window, Bytes& replies) {
  window_ = window;
  if (options_.ours(TelnetOption::window_size)) tell_window(replies);
}

void TelnetPeer::hear(const TelnetDecoder::Negotiation& negotiation, std::vector<TelnetEvent>& events, Bytes& replies) {
  if (options_.asks_mark(negotiation.verb, negotiation.option)) {
    events.emplace_back(TelnetMark{});
    return;
  }
  const bool told_window = options_.ours(TelnetOption::window_size);
  options_.heard(negotiation.verb, negotiation.option, replies);
  if (!told_window && options_.ours(TelnetOption::window_size)) tell_window(replies);
  if (asked_terminal_ || !options_.peers(TelnetOption::terminal_type)) return;
  asked_terminal_ = true;
  append(replies, kAskTerminal);
}

/// A server that asks without end gets as many answers as TelnetOptions gives, and then silence.
void TelnetPeer::answer(const TelnetDecoder::Subnegotiation& sub, Bytes& replies) {
  const bool asked = sub.option == static_cast<std::uint8_t>(TelnetOption::terminal_type) && sub.payload.size() == 1 &&
                     sub.payload.front() == kTerminalSend;
  if (!asked || !options_.ours(TelnetOption::terminal_type)) return;
  if (terminal_answers_ >= TelnetOptions::kMaxAnswers) return;
  ++terminal_answers_;
  Bytes payload{kTerminalIs};
  append(payload, as_bytes(terminal_));
  subnegotiate(TelnetOption::terminal_type, payload, replies);
}

void TelnetPeer::tell_window(Bytes& replies) const {
  const std::array<std::byte, 4> payload = {high(window_.columns), low(window_.columns), high(window_.rows),
                                            low(window_.rows)};
  subnegotiate(TelnetOption::window_size, payload, replies);
}

/// Only what was agreed on is listened to; anything else is dropped in silence.
void TelnetPeer::note(const TelnetDecoder::Subnegotiation& sub, std::vector<TelnetEvent>& events) const {
  const auto option = static_cast<TelnetOption>(sub.option);
  if (option == TelnetOption::com_port && com_port()) {
    auto message = parse_com_port(sub.payload, options_.role() == TelnetRole::client);
    if (message) events.emplace_back(TelnetComPort{*std::move(message)});
    return;
  }
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
