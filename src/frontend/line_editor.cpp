// SPDX-License-Identifier: Apache-2.0
#include "frontend/line_editor.hpp"

#include "charmux/base/text.hpp"
#include "frontend/display_width.hpp"

namespace charmux::frontend {
namespace {

constexpr std::uint8_t control_key(char letter) { return static_cast<std::uint8_t>(letter - '@'); }

constexpr std::uint8_t kNul = 0x00;
constexpr std::uint8_t kBell = 0x07;
constexpr std::uint8_t kBackspace = 0x08;
constexpr std::uint8_t kLf = 0x0A;
constexpr std::uint8_t kCr = 0x0D;
constexpr std::uint8_t kEscape = 0x1B;
constexpr std::uint8_t kDelete = 0x7F;

bool is_control(std::uint8_t byte) { return byte < 0x20 || byte == kDelete; }
bool is_continuation(char c) { return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80; }

/// Bytes of the character that begins so; 0: none does. What is no character after all shows when it is whole.
std::size_t length_of(std::uint8_t first) {
  if (first < 0xC2 || first > 0xF4) return 0;
  return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

}  // namespace

std::optional<LineEditor::Event> LineEditor::next(BytesView& bytes, std::string& echo) {
  skip_line_end(bytes);
  while (!bytes.empty()) {
    const auto byte = std::to_integer<std::uint8_t>(bytes.front());
    bytes = bytes.subspan(1);
    if (const std::optional<Event> event = take(byte, echo)) return event;
  }
  return std::nullopt;
}

void LineEditor::skip_line_end(BytesView& bytes) {
  if (!after_cr_ || bytes.empty()) return;
  after_cr_ = false;
  const auto byte = std::to_integer<std::uint8_t>(bytes.front());
  if (byte == kLf || byte == kNul) bytes = bytes.subspan(1);
}

std::optional<LineEditor::Event> LineEditor::take(std::uint8_t byte, std::string& echo) {
  if (state_ != State::text && swallow(byte)) return std::nullopt;
  if (is_control(byte)) {
    character_.clear();
    return control(byte, echo);
  }
  character(byte, echo);
  return std::nullopt;
}

/// Whether the byte belongs to the sequence that is open.
bool LineEditor::swallow(std::uint8_t byte) {
  if (byte == kEscape) return false;  // begins the next one; the end of a string is ESC \ too
  if (is_control(byte)) {
    const bool string_ends = state_ == State::string && byte == kBell;
    state_ = State::text;
    return string_ends;
  }
  switch (state_) {
    case State::text: return false;
    case State::string: return true;
    case State::escape:
      if (byte >= 0x80) break;
      state_ = byte == '['                                                ? State::first_csi
               : byte == 'O'                                              ? State::sequence
               : byte == ']' || byte == 'P' || byte == '_' || byte == '^' ? State::string
               : byte < 0x30                                              ? State::escape
                                                                          : State::text;
      return true;
    case State::first_csi:
    case State::sequence:
      if (byte >= 0x80) break;
      if (byte < 0x40 || (state_ == State::first_csi && byte == '['))
        state_ = State::sequence;
      else
        state_ = State::text;
      return true;
  }
  state_ = State::text;
  return false;
}

std::optional<LineEditor::Event> LineEditor::control(std::uint8_t byte, std::string& echo) {
  switch (byte) {
    case kCr:
    case kLf:
      after_cr_ = byte == kCr;
      echo += "\r\n";
      return Event::line;
    case kEscape: state_ = State::escape; return std::nullopt;
    case kBackspace:
    case kDelete: erase_character(echo); return std::nullopt;
    case control_key('W'): erase_word(echo); return std::nullopt;
    case control_key('U'):
      while (!line_.empty()) erase_character(echo);
      return std::nullopt;
    case control_key('C'): return Event::interrupt;
    case control_key('D'): return line_.empty() ? std::optional(Event::leave) : std::nullopt;
    case control_key('L'):
    case control_key('R'): return Event::repaint;
    default: return std::nullopt;
  }
}

void LineEditor::character(std::uint8_t byte, std::string& echo) {
  const char c = static_cast<char>(byte);
  if (byte < 0x80 || length_of(byte) != 0) {
    character_.clear();  // what had begun is broken off
    if (byte < 0x80) return insert({&c, 1}, echo);
  } else if (character_.empty()) {
    return;
  }
  character_ += c;
  if (character_.size() < length_of(static_cast<std::uint8_t>(character_.front()))) return;
  // Neither a surrogate nor a control of C1 may be echoed.
  if (printable(character_) == character_) insert(character_, echo);
  character_.clear();
}

void LineEditor::insert(std::string_view character, std::string& echo) {
  if (line_.size() + character.size() > kMaxLine) {
    echo += static_cast<char>(kBell);
    return;
  }
  line_ += character;
  echo += character;
}

void LineEditor::erase_character(std::string& echo) {
  // A combining mark goes together with what it stands on.
  std::size_t width = 0;
  while (width == 0 && !line_.empty()) {
    std::size_t begin = line_.size() - 1;
    while (begin > 0 && is_continuation(line_[begin])) --begin;
    width = display_width(std::string_view(line_).substr(begin));
    line_.resize(begin);
  }
  echo.append(width, '\b').append(width, ' ').append(width, '\b');
}

void LineEditor::erase_word(std::string& echo) {
  while (!line_.empty() && line_.back() == ' ') erase_character(echo);
  while (!line_.empty() && line_.back() != ' ') erase_character(echo);
}

}  // namespace charmux::frontend
