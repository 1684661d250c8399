// SPDX-License-Identifier: Apache-2.0
#include "kit/serial_hardware.hpp"

#include <linux/serial.h>
#include <linux/tty.h>
#include <termios.h>

#include <cstdarg>
#include <cstdlib>

namespace {

// The linker's contract (ld(1), --wrap) leaves no other place for this than a global.
charmux::test::SerialHardware* hardware = nullptr;

}  // namespace

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier): the names that ld(1) gives
int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);

int __wrap_ioctl(int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  if (hardware == nullptr) return __real_ioctl(fd, request, argument);
  switch (request) {
    case TIOCMGET:
      ++hardware->looks;
      *static_cast<int*>(argument) = hardware->lines;
      return 0;
    case TIOCMBIS: hardware->lines |= *static_cast<int*>(argument); return 0;
    case TIOCMBIC: hardware->lines &= ~*static_cast<int*>(argument); return 0;
    case TIOCGICOUNT: *static_cast<serial_icounter_struct*>(argument) = hardware->counts; return 0;
    case TIOCOUTQ: *static_cast<int*>(argument) = hardware->unsent; return 0;
    case TIOCSERGETLSR: *static_cast<unsigned*>(argument) = hardware->transmitting ? 0 : TIOCSER_TEMT; return 0;
    case TIOCSBRK:
      hardware->break_on = true;
      ++hardware->breaks;
      return 0;
    case TIOCCBRK: hardware->break_on = false; return 0;
    default: return __real_ioctl(fd, request, argument);
  }
}

int __real_tcflush(int fd, int queue);
int __wrap_tcflush(int fd, int queue);

int __wrap_tcflush(int fd, int queue) {
  if (hardware == nullptr || queue != TCOFLUSH) return __real_tcflush(fd, queue);
  hardware->flushed = true;
  return 0;
}
// NOLINTEND(bugprone-reserved-identifier)
}

namespace charmux::test {

SerialHardware::SerialHardware() {
  if (hardware != nullptr) std::abort();
  hardware = this;
}

SerialHardware::~SerialHardware() { hardware = nullptr; }

}  // namespace charmux::test
