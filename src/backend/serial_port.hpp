// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <termios.h>

#include <cstddef>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "backend/backend.hpp"
#include "backend/uucp_lock.hpp"
#include "charmux/address/serial_address.hpp"
#include "charmux/base/unique_fd.hpp"

namespace charmux::backend {

/// A serial port that is open, ours alone, and set as its address says.
struct SerialPort {
  UniqueFd fd;
  UucpLock lock;
  termios before{};          ///< how it was set.
  bool has_wire = true;      ///< false: a pty, of which socat and others make ports: no modem lines, framing or break.
  std::size_t leftover = 0;  ///< bytes that waited in it: its other side's output, which is kept.
  std::vector<std::string> remarks;
};

struct NotOpened {
  State state;
  std::string reason;
};

/// Opens, locks and sets it. Three kinds of lock are respected and held: the lock file below `lock_directory` (uucp,
/// minicom, ppp), flock(2) (picocom, tio, pyserial) and TIOCEXCL, which also keeps out those who look for neither. It
/// waits for nothing, a carrier neither; DTR and RTS are raised by the kernel.
[[nodiscard]] tl::expected<SerialPort, NotOpened> open_serial_port(const address::Serial& at,
                                                                   const std::string& lock_directory);

/// Sets it as it was before it was opened, but for HUPCL: its last close is not to lower DTR. Throws away what cannot
/// be sent: close(2) would wait for it, for half a minute.
void restore_serial_port(int fd, termios before, bool has_wire);

/// Whether all that was written has left the port. Never waits.
[[nodiscard]] bool all_sent(int fd);

}  // namespace charmux::backend
