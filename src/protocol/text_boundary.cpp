// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/text_boundary.hpp"

#include <algorithm>
#include <cstdint>

namespace charmux::protocol {
namespace {

constexpr std::uint8_t kBel = 0x07;
constexpr std::uint8_t kLf = 0x0A;
constexpr std::uint8_t kCan = 0x18;
constexpr std::uint8_t kSub = 0x1A;
constexpr std::uint8_t kEsc = 0x1B;

constexpr bool between(std::uint8_t byte, std::uint8_t low, std::uint8_t high) { return byte >= low && byte <= high; }

constexpr bool restarts(std::uint8_t byte) { return byte == kCan || byte == kSub || byte == kEsc; }

/// The states of a terminal's parser that matter for where a sequence ends.
class Scanner {
 public:
  void pass(std::byte next) {
    const auto byte = std::to_integer<std::uint8_t>(next);
    line_start_ = false;
    if (outside() && between(byte, 0x20, 0x7E)) return;  // nearly every byte
    if (restarts(byte)) {
      state_ = byte == kEsc ? State::escape : State::ground;
    } else if (state_ != State::string && state_ != State::osc && (byte >= 0x80 || state_ == State::character)) {
      pass_text(byte);
    } else {
      state_ = after(byte);
    }
    line_start_ = byte == kLf && outside();
  }
  [[nodiscard]] bool outside() const { return state_ == State::ground; }
  [[nodiscard]] bool line_start() const { return line_start_; }

 private:
  enum class State : std::uint8_t { ground, escape, intermediate, csi, osc, string, character };

  [[nodiscard]] State after(std::uint8_t byte) const;
  void pass_text(std::uint8_t byte);

  State state_ = State::ground;
  bool line_start_ = false;
  std::uint8_t missing_ = 0;  ///< of the character: continuation bytes to come; the next one is in [low_, high_]
  std::uint8_t low_ = 0;
  std::uint8_t high_ = 0;
};

/// Of a byte below 0x80, or of any inside a string. A control inside an escape or CSI sequence is carried out and does
/// not end it.
Scanner::State Scanner::after(std::uint8_t byte) const {
  switch (state_) {
    case State::escape:
      if (byte == '[') return State::csi;
      if (byte == ']') return State::osc;
      if (byte == 'P' || byte == 'X' || byte == '^' || byte == '_') return State::string;
      [[fallthrough]];
    case State::intermediate:
      if (between(byte, 0x20, 0x2F)) return State::intermediate;
      return between(byte, 0x30, 0x7E) ? State::ground : state_;
    case State::csi: return between(byte, 0x40, 0x7E) ? State::ground : State::csi;
    case State::osc: return byte == kBel ? State::ground : State::osc;
    case State::string: return State::string;
    case State::ground:
    case State::character: return State::ground;
  }
  return State::ground;
}

/// Of a byte of a character (RFC 3629: shortest forms, no surrogates). One that does not fit ends what was begun.
void Scanner::pass_text(std::uint8_t byte) {
  if (state_ == State::character && between(byte, low_, high_)) {
    --missing_;
    low_ = 0x80;
    high_ = 0xBF;
    if (missing_ == 0) state_ = State::ground;
    return;
  }
  missing_ = between(byte, 0xC2, 0xDF) ? 1 : between(byte, 0xE0, 0xEF) ? 2 : between(byte, 0xF0, 0xF4) ? 3 : 0;
  low_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
  high_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
  state_ = missing_ == 0 ? State::ground : State::character;
}

Scanner scan(BytesView bytes) {
  Scanner scanner;
  for (const std::byte byte : bytes) scanner.pass(byte);
  return scanner;
}

/// Of a history that may begin inside a character: how many bytes of that come first.
std::size_t torn_character(BytesView history) {
  std::size_t torn = 0;
  while (torn < std::min<std::size_t>(history.size(), 3) && (history[torn] & std::byte{0xC0}) == std::byte{0x80})
    ++torn;
  return torn;
}

}  // namespace

TextPosition position_after(BytesView before) {
  const Scanner scanner = scan(before);
  return {before.empty() || scanner.line_start(), !scanner.outside()};
}

std::optional<std::size_t> bytes_to_boundary(BytesView before, BytesView next) {
  Scanner scanner = scan(before);
  for (std::size_t passed = 0;; ++passed) {
    if (scanner.outside()) return passed;
    if (passed == next.size()) return std::nullopt;
    scanner.pass(next[passed]);
  }
}

std::size_t replay_start(BytesView history, std::size_t want, std::size_t slack, bool history_is_whole) {
  const std::size_t target = history.size() - std::min(want, history.size());
  const std::size_t earliest = target - std::min(target, slack);
  std::optional<std::size_t> line;
  if (earliest == 0 && history_is_whole) line = 0;

  Scanner scanner;
  std::size_t i = earliest - std::min(earliest, kSequenceLookback);
  std::size_t outside = i;
  for (; i < target; ++i) {
    if (scanner.outside()) outside = i;
    scanner.pass(history[i]);
    if (scanner.line_start() && i + 1 >= earliest) line = i + 1;
  }
  if (line) return *line;

  const std::size_t begin = history_is_whole ? target : std::max(target, torn_character(history));
  for (;; scanner.pass(history[i++])) {
    if (scanner.outside() && i >= begin) return i;
    if (i == history.size()) return outside >= earliest ? outside : begin;
  }
}

}  // namespace charmux::protocol
