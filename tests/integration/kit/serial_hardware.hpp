// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/serial.h>
#include <sys/ioctl.h>

namespace charmux::test {

/// A mock of what stands behind a serial port: while it lives, each pty that the code under test opens has modem lines,
/// a transmitter and a wire that carries breaks. The program is linked with --wrap=ioctl and tcflush; what else
/// ioctl(2) is asked for is not touched. One at a time.
class SerialHardware {
 public:
  SerialHardware();
  SerialHardware(const SerialHardware&) = delete;
  SerialHardware& operator=(const SerialHardware&) = delete;
  ~SerialHardware();

  int lines = TIOCM_DTR | TIOCM_RTS | TIOCM_CTS;  ///< what TIOCMGET says, and TIOCMBIS and TIOCMBIC change.
  int looks = 0;                                  ///< how often TIOCMGET was asked.
  serial_icounter_struct counts{};                ///< what TIOCGICOUNT says.
  int unsent = 0;                                 ///< what TIOCOUTQ says.
  bool transmitting = false;                      ///< the transmitter holds a byte still (TIOCSERGETLSR).
  bool break_on = false;
  int breaks = 0;        ///< that have begun.
  bool flushed = false;  ///< what was unsent was thrown away.
};

}  // namespace charmux::test
