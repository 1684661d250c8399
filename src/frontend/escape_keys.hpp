// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "charmux/base/bytes.hpp"
#include "charmux/config/escape_sequence.hpp"
#include "frontend/line_editor.hpp"

namespace charmux::frontend {

/// A piece of what a viewer has typed.
struct KeyPiece {
  enum class Kind {
    data,          ///< for the guest
    command,       ///< a key behind the escape sequence, and what belongs to it
    line_begins,   ///< `b`: a line is typed from here on
    echo,          ///< of that line, for the one who types it
    line_dropped,  ///< ^C, ESC, or ^D on an empty line: there is no command
  };
  Kind kind = Kind::data;
  BytesView data{};    ///< valid until the next call
  std::byte key{};     ///< of a command
  std::string text{};  ///< of a command: what was typed behind its key; or the echo
};

/// Finds conserver's commands in what a viewer types (console(1), ESCAPE SEQUENCES): bytes in, pieces out. Its state
/// survives any split of the input. A value; one thread.
///
/// The first key of the escape sequence is held until the next byte: if that is not the second, both are the guest's.
/// The first key twice is one for the guest, and the second of them is held again. Behind the sequence stands one key;
/// `l` takes one byte more, `e` two, `\` three octal digits, of which one that is none ends it early, and `b` a line.
/// While a command is incomplete nothing is the guest's. An `e` holds for what is typed behind it.
class EscapeKeys {
 public:
  explicit EscapeKeys(config::EscapeSequence sequence = {}) : sequence_(sequence) {}

  /// Takes a piece off the front of `bytes`; nothing when they are used up.
  [[nodiscard]] std::optional<KeyPiece> next(BytesView& bytes);

  [[nodiscard]] config::EscapeSequence sequence() const { return sequence_; }
  /// How many bytes are held that may be the guest's yet.
  [[nodiscard]] std::size_t held() const { return state_ == State::held ? 1 : 0; }

 private:
  enum class State : std::uint8_t {
    plain,
    held,       ///< after the first key
    command,    ///< after the second
    argument,   ///< of `key_`
    line,       ///< of `b`
    after_esc,  ///< an ESC has dropped the line; an arrow key's goes on
    ss3,        ///< in such a key's rest
    csi,
  };

  [[nodiscard]] std::optional<KeyPiece> step(BytesView& bytes);
  [[nodiscard]] KeyPiece plain(BytesView& bytes);
  [[nodiscard]] std::optional<KeyPiece> held_decided(BytesView& bytes);
  [[nodiscard]] std::optional<KeyPiece> command(std::byte key);
  [[nodiscard]] std::optional<KeyPiece> argument(std::byte byte);
  [[nodiscard]] std::optional<KeyPiece> line(BytesView& bytes);
  [[nodiscard]] bool swallow(std::byte byte);
  [[nodiscard]] KeyPiece complete();

  config::EscapeSequence sequence_;
  State state_ = State::plain;
  std::byte key_{};
  std::byte passed_{};  ///< the first key of a sequence that was none
  std::string typed_;   ///< of an argument
  LineEditor editor_;
  std::optional<LineEditor::Event> line_ended_;  ///< told once its echo is.
};

}  // namespace charmux::frontend
