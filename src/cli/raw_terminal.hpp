// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <termios.h>

#include <optional>

#include "charmux/base/result.hpp"
#include "charmux/protocol/telnet.hpp"

namespace charmux::cli {

/// A terminal in raw mode (cfmakeraw(3)), or without echo, for as long as this lives; then it is as it was. Move-only.
/// The program must not end but by the destructor: it takes signals as events (SignalQueue), and catches exceptions
/// above.
class RawTerminal {
 public:
  /// Error: `fd` is no terminal, or takes no settings.
  [[nodiscard]] static Result<RawTerminal> enter(int fd);
  /// Not raw: it gives whole lines, and shows nothing of them but their ends. Error as enter's.
  [[nodiscard]] static Result<RawTerminal> silence(int fd);
  RawTerminal(RawTerminal&& other) noexcept;
  RawTerminal& operator=(RawTerminal&&) = delete;
  ~RawTerminal();

  /// As it was before, until again().
  void restore();
  /// Raw, or silent, once more: after a stop the shell has had the terminal.
  void again();

 private:
  RawTerminal(int fd, const termios& before, const termios& within) : fd_(fd), before_(before), within_(within) {}

  int fd_;  ///< -1: moved from
  termios before_;
  termios within_;
};

/// The size of a terminal's window; nothing when `fd` has none.
[[nodiscard]] std::optional<protocol::TelnetWindow> window_of(int fd);

}  // namespace charmux::cli
