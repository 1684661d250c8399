// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/key_scanner.hpp"

namespace charmux::protocol {
namespace {

constexpr std::uint8_t kBel = 0x07;
constexpr std::uint8_t kCan = 0x18;
constexpr std::uint8_t kSub = 0x1A;
constexpr std::uint8_t kEsc = 0x1B;
/// Button, column and row of an X10 mouse report.
constexpr std::uint8_t kMouseReport = 3;

constexpr bool between(std::uint8_t byte, std::uint8_t low, std::uint8_t high) { return byte >= low && byte <= high; }

}  // namespace

void KeyScanner::pass(std::byte next) {
  const auto byte = std::to_integer<std::uint8_t>(next);
  if (state_ == State::outside && byte < 0x80 && byte != kEsc) return;  // nearly every byte
  if (byte == kEsc)
    state_ = State::escape;
  else if (byte == kCan || byte == kSub)
    state_ = State::outside;
  else if (state_ == State::outside || state_ == State::character)
    pass_character(byte);
  else if (state_ == State::rest)
    rest(static_cast<std::uint8_t>(missing_ - 1));
  else
    pass_in_sequence(byte);
}

void KeyScanner::rest(std::uint8_t bytes) {
  missing_ = bytes;
  state_ = bytes == 0 ? State::outside : State::rest;
}

/// A control inside an escape or CSI sequence is carried out and does not end it. What is no part of one does.
void KeyScanner::pass_in_sequence(std::uint8_t byte) {
  switch (state_) {
    case State::escape:
      if (byte == '[') return void(state_ = State::csi);
      if (byte == 'O') return void(state_ = State::parameters);
      if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_') return void(state_ = State::string);
      if (!between(byte, 0x20, 0x2F)) pass_character(byte);
      return;
    case State::csi:
      if (byte == 'M') return rest(kMouseReport);
      if (byte == '[') return rest(1);
      [[fallthrough]];
    case State::parameters:
      if (byte >= 0x20) state_ = between(byte, 0x20, 0x3F) ? State::parameters : State::outside;
      return;
    case State::string:
      if (byte == kBel) state_ = State::outside;
      return;
    default: return;
  }
}

/// RFC 3629: shortest forms, no surrogates. A byte that does not fit ends what was begun.
void KeyScanner::pass_character(std::uint8_t byte) {
  if (state_ == State::character && between(byte, low_, high_)) {
    low_ = 0x80;
    high_ = 0xBF;
    if (--missing_ == 0) state_ = State::outside;
    return;
  }
  missing_ = between(byte, 0xC2, 0xDF) ? 1 : between(byte, 0xE0, 0xEF) ? 2 : between(byte, 0xF0, 0xF4) ? 3 : 0;
  low_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
  high_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
  state_ = missing_ == 0 ? State::outside : State::character;
}

}  // namespace charmux::protocol
