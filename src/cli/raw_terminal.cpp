// SPDX-License-Identifier: Apache-2.0
#include "cli/raw_terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace charmux::cli {
namespace {

/// TCSANOW, since a terminal whose output is held up would keep a TCSADRAIN waiting for ever.
bool set(int fd, const termios& settings) {
  int done = 0;
  do done = ::tcsetattr(fd, TCSANOW, &settings);
  while (done != 0 && errno == EINTR);
  return done == 0;
}

termios raw(termios settings) {
  ::cfmakeraw(&settings);
  return settings;
}

termios silent(termios settings) {
  settings.c_iflag |= ICRNL;
  settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  settings.c_lflag |= ICANON | ISIG | ECHONL;
  return settings;
}

}  // namespace

Result<RawTerminal> RawTerminal::enter(int fd) {
  termios before{};
  if (::tcgetattr(fd, &before) != 0 || !set(fd, raw(before)))
    return failure("the terminal cannot be put in raw mode: {}", errno_text(errno));
  return RawTerminal(fd, before, raw(before));
}

Result<RawTerminal> RawTerminal::silence(int fd) {
  termios before{};
  if (::tcgetattr(fd, &before) != 0 || !set(fd, silent(before)))
    return failure("the terminal's echo cannot be switched off: {}", errno_text(errno));
  return RawTerminal(fd, before, silent(before));
}

RawTerminal::RawTerminal(RawTerminal&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), before_(other.before_), within_(other.within_) {}

RawTerminal::~RawTerminal() { restore(); }

void RawTerminal::restore() {
  if (fd_ < 0) return;
  // In the background the terminal is the shell's, which has set it for itself, and to touch it would stop us.
  const pid_t owner = ::tcgetpgrp(fd_);
  if (owner < 0 || owner == ::getpgrp()) set(fd_, before_);
}

void RawTerminal::again() {
  if (fd_ >= 0) set(fd_, within_);
}

std::optional<protocol::TelnetWindow> window_of(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0) return std::nullopt;
  return protocol::TelnetWindow{size.ws_col, size.ws_row};
}

}  // namespace charmux::cli
