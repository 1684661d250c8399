// SPDX-License-Identifier: Apache-2.0
#include "frontend/escape_keys.hpp"

#include <algorithm>
#include <utility>

namespace charmux::frontend {
namespace {

constexpr std::byte kEscape{0x1B};

std::byte take_first(BytesView& bytes) {
  const std::byte byte = bytes.front();
  bytes = bytes.subspan(1);
  return byte;
}

/// How many bytes belong to a key besides itself.
std::size_t length_of_argument(std::byte key) {
  switch (std::to_integer<char>(key)) {
    case 'l': return 1;
    case 'e': return 2;
    case '\\': return 3;
    default: return 0;
  }
}

bool is_octal(std::byte byte) { return byte >= std::byte{'0'} && byte <= std::byte{'7'}; }

KeyPiece for_guest(BytesView bytes) { return {KeyPiece::Kind::data, bytes, {}, {}}; }

}  // namespace

std::optional<KeyPiece> EscapeKeys::next(BytesView& bytes) {
  if (line_ended_) {
    const bool whole = *std::exchange(line_ended_, std::nullopt) == LineEditor::Event::line;
    state_ = State::plain;
    std::string text = editor_.line();
    editor_.clear();
    if (!whole) return KeyPiece{KeyPiece::Kind::line_dropped, {}, {}, {}};
    return KeyPiece{KeyPiece::Kind::command, {}, std::byte{'b'}, std::move(text)};
  }
  editor_.skip_line_end(bytes);
  while (!bytes.empty())
    if (std::optional<KeyPiece> piece = step(bytes)) return piece;
  return std::nullopt;
}

std::optional<KeyPiece> EscapeKeys::step(BytesView& bytes) {
  switch (state_) {
    case State::plain: return bytes.front() == sequence_.first ? held_decided(bytes) : plain(bytes);
    case State::held: return held_decided(bytes);
    case State::command: return command(take_first(bytes));
    case State::argument: return argument(take_first(bytes));
    case State::line: return line(bytes);
    case State::after_esc:
    case State::ss3:
    case State::csi:
      if (swallow(bytes.front())) bytes = bytes.subspan(1);
      return std::nullopt;
  }
  return std::nullopt;
}

KeyPiece EscapeKeys::plain(BytesView& bytes) {
  const auto end = std::find(bytes.begin(), bytes.end(), sequence_.first);
  const BytesView data = bytes.first(static_cast<std::size_t>(end - bytes.begin()));
  bytes = bytes.subspan(data.size());
  return for_guest(data);
}

std::optional<KeyPiece> EscapeKeys::held_decided(BytesView& bytes) {
  const std::byte byte = bytes.front();
  if (state_ == State::plain) {
    state_ = State::held;
  } else if (byte == sequence_.second) {
    state_ = State::command;
  } else {
    // What comes instead may be anything, but the first key again is held in its turn.
    passed_ = sequence_.first;
    if (byte == sequence_.first)
      bytes = bytes.subspan(1);
    else
      state_ = State::plain;
    return for_guest({&passed_, 1});
  }
  bytes = bytes.subspan(1);
  return std::nullopt;
}

std::optional<KeyPiece> EscapeKeys::command(std::byte key) {
  key_ = key;
  if (key == std::byte{'b'}) {
    state_ = State::line;
    return KeyPiece{KeyPiece::Kind::line_begins, {}, {}, {}};
  }
  if (length_of_argument(key) == 0) return complete();
  state_ = State::argument;
  return std::nullopt;
}

std::optional<KeyPiece> EscapeKeys::argument(std::byte byte) {
  typed_ += std::to_integer<char>(byte);
  const bool wrong = key_ == std::byte{'\\'} && !is_octal(byte);
  if (typed_.size() < length_of_argument(key_) && !wrong) return std::nullopt;
  if (key_ == std::byte{'e'}) sequence_ = {static_cast<std::byte>(typed_[0]), static_cast<std::byte>(typed_[1])};
  return complete();
}

KeyPiece EscapeKeys::complete() {
  state_ = State::plain;
  return {KeyPiece::Kind::command, {}, key_, std::exchange(typed_, {})};
}

std::optional<KeyPiece> EscapeKeys::line(BytesView& bytes) {
  if (bytes.front() == kEscape) {
    bytes = bytes.subspan(1);
    state_ = State::after_esc;
    editor_.clear();
    return KeyPiece{KeyPiece::Kind::line_dropped, {}, {}, {}};
  }
  KeyPiece piece{KeyPiece::Kind::echo, {}, {}, {}};
  const auto end = std::find(bytes.begin(), bytes.end(), kEscape);
  BytesView before_escape = bytes.first(static_cast<std::size_t>(end - bytes.begin()));
  const std::size_t size = before_escape.size();
  std::optional<LineEditor::Event> event = editor_.next(before_escape, piece.text);
  bytes = bytes.subspan(size - before_escape.size());
  if (event != LineEditor::Event::repaint) line_ended_ = event;
  if (!piece.text.empty()) return piece;
  return line_ended_ ? next(bytes) : std::nullopt;
}

/// Whether the byte belongs to the key whose ESC has dropped the line.
bool EscapeKeys::swallow(std::byte byte) {
  const auto value = std::to_integer<std::uint8_t>(byte);
  const State before = std::exchange(state_, State::plain);
  if (before == State::after_esc) {
    if (value == '[') state_ = State::csi;
    if (value == 'O') state_ = State::ss3;
    return state_ != State::plain;
  }
  // ECMA-48 5.4: parameters and intermediates, then a final byte; anything else breaks it off.
  if (before == State::csi && value >= 0x20 && value < 0x40) state_ = State::csi;
  return value >= 0x20 && value < 0x7F;
}

}  // namespace charmux::frontend
