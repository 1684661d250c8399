// SPDX-License-Identifier: Apache-2.0
#include "cli/leave_keys.hpp"

#include "charmux/base/text.hpp"

namespace charmux::cli {
namespace {

constexpr std::byte kEscape{0x05};
constexpr std::byte kCommand{'c'};
constexpr std::byte kDisconnect{'.'};

// Ctrl-X is X less its two highest bits (ASCII); DEL is written ^?.
constexpr unsigned kControl = 0x1F;
constexpr unsigned kDelete = 0x7F;

}  // namespace

Result<LeaveKey> parse_leave_key(std::string_view text) {
  if (text == "none") return LeaveKey{};
  const auto byte = [](unsigned value) { return LeaveKey{static_cast<std::byte>(value)}; };
  if (text.size() == 1) return byte(static_cast<unsigned char>(text[0]));
  if (text == "^?") return byte(kDelete);
  if (text.size() == 2 && text[0] == '^') {
    const char letter = text[1];
    if ((letter >= '@' && letter <= '_') || (letter >= 'a' && letter <= 'z'))
      return byte(static_cast<unsigned char>(letter) & kControl);
  }
  return failure("-e '{}' is no key: write a character, ^X for Ctrl-X, or none", printable(text));
}

std::string name_of(std::byte key) {
  const auto value = std::to_integer<unsigned>(key);
  if (value <= kControl) return {'^', static_cast<char>(value + '@')};
  if (value == kDelete) return "^?";
  return printable(std::string_view(reinterpret_cast<const char*>(&key), 1));
}

bool LeaveKeys::read(BytesView bytes, Bytes& pass) {
  if (!bytes.empty() && key_ && bytes.front() == *key_) return true;
  for (const std::byte byte : bytes)
    if (step(byte, pass)) return true;
  return false;
}

bool LeaveKeys::step(std::byte byte, Bytes& pass) {
  switch (state_) {
    case State::plain:
      if (byte == kEscape)
        state_ = State::after_escape;
      else
        pass.push_back(byte);
      return false;
    case State::after_escape:
      if (byte == kCommand) {
        state_ = State::after_command;
        return false;
      }
      pass.push_back(kEscape);
      if (byte == kEscape) return false;  // it is held in its turn
      state_ = State::plain;
      pass.push_back(byte);
      return false;
    case State::after_command:
      if (byte == kDisconnect) return true;
      state_ = State::plain;
      pass.insert(pass.end(), {kEscape, kCommand, byte});
      return false;
  }
  return false;
}

}  // namespace charmux::cli
