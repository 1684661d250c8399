// SPDX-License-Identifier: Apache-2.0
#include "backend/port_speed.hpp"

// termios2 is the kernel's alone; its header and <termios.h> cannot stand in one file.
#include <asm/termbits.h>
#include <sys/ioctl.h>

namespace charmux::backend {
namespace {

/// The input's speed is the output's.
constexpr unsigned kInput = unsigned{CBAUD} << unsigned{IBSHIFT};

}  // namespace

std::optional<std::uint32_t> port_speed(int fd) {
  termios2 settings{};
  if (::ioctl(fd, TCGETS2, &settings) != 0) return std::nullopt;
  return settings.c_ospeed;
}

void set_port_speed(int fd, std::uint32_t baud, unsigned name) {
  termios2 settings{};
  if (baud == 0 || ::ioctl(fd, TCGETS2, &settings) != 0) return;
  settings.c_cflag = (settings.c_cflag & ~(unsigned{CBAUD} | kInput)) | (name == 0 ? unsigned{BOTHER} : name);
  settings.c_ispeed = baud;
  settings.c_ospeed = baud;
  static_cast<void>(::ioctl(fd, TCSETS2, &settings));
}

}  // namespace charmux::backend
