// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "charmux/base/bytes.hpp"

namespace charmux::frontend {

/// The line that a telnet client in character mode types, whose echo is ours. Knows the keys of a terminal in cooked
/// mode: Backspace and DEL erase a character, ^W a word, ^U the line. Bytes in, echo out; its state survives any split
/// of the input. Owned by a Menu; one thread.
///
/// CR, LF, CR LF and CR NUL each end a line once. What keys without a character send (ECMA-48 CSI, SS3), and what
/// terminals answer (CSI, OSC, DCS), is swallowed; a control byte in the middle of it ends it and counts for itself, so
/// that a lone ESC costs no more than one key. Other control bytes, and bytes that are not UTF-8, are ignored.
class LineEditor {
 public:
  /// Bytes of a line; a character that would make it longer is refused with a bell.
  static constexpr std::size_t kMaxLine = 256;

  enum class Event {
    line,       ///< Enter: the line is ended, and stays to be read until clear()
    interrupt,  ///< ^C
    leave,      ///< ^D on an empty line
    repaint,    ///< ^L or ^R
  };
  /// Takes bytes off the front of `bytes` up to an event, and appends their echo. Nothing when `bytes` is used up.
  [[nodiscard]] std::optional<Event> next(BytesView& bytes, std::string& echo);

  /// The line so far: UTF-8 without controls.
  [[nodiscard]] const std::string& line() const { return line_; }
  void clear() { line_.clear(); }

  /// Drops from the front of `bytes` the LF or NUL that belongs to a CR taken before. Bytes that another reader gets
  /// after an Enter go through here first; more than once does no harm.
  void skip_line_end(BytesView& bytes);

 private:
  enum class State : std::uint8_t {
    text,
    escape,     ///< after ESC
    sequence,   ///< in a CSI or SS3, up to its final byte
    first_csi,  ///< right after CSI, where the Linux console's F1 - F5 have a second [
    string,     ///< in an OSC or DCS, up to BEL or ST
  };

  [[nodiscard]] std::optional<Event> take(std::uint8_t byte, std::string& echo);
  [[nodiscard]] bool swallow(std::uint8_t byte);
  [[nodiscard]] std::optional<Event> control(std::uint8_t byte, std::string& echo);
  void character(std::uint8_t byte, std::string& echo);
  void insert(std::string_view character, std::string& echo);
  void erase_character(std::string& echo);
  void erase_word(std::string& echo);

  State state_ = State::text;
  bool after_cr_ = false;
  std::string line_;
  std::string character_;  ///< the beginning of a character of several bytes
};

}  // namespace charmux::frontend
