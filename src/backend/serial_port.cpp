// SPDX-License-Identifier: Apache-2.0
#include "backend/serial_port.hpp"

#include <fcntl.h>
#include <linux/serial.h>
#include <linux/tty.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <memory>
#include <optional>

#include "backend/modem_lines.hpp"
#include "backend/serial_settings.hpp"
#include "backend/terminal_user.hpp"

namespace charmux::backend {
namespace {

// The slaves of ptys (Linux, Documentation/admin-guide/devices.txt).
constexpr unsigned kFirstPty = 136;
constexpr unsigned kLastPty = 143;

tl::unexpected<NotOpened> not_opened(State state, std::string reason) {
  return tl::unexpected(NotOpened{state, std::move(reason)});
}

tl::unexpected<NotOpened> cannot_open(const std::string& path, int error) {
  switch (error) {
    // EIO: a pty whose other side is closed. The others: an adapter that is being unplugged.
    case ENOENT:
    case EIO:
    case ENXIO:
    case ENODEV: return not_opened(State::closed, fmt::format("{}: {}", path, errno_text(error)));
    case EBUSY: return not_opened(State::waiting, "in use by another program (TIOCEXCL)");
    case EACCES:
    case EPERM:
      return not_opened(State::refused, fmt::format("{}: {}; run charmuxd as root or add its user to the group dialout",
                                                    path, errno_text(error)));
    default: return not_opened(State::refused, fmt::format("{}: {}", path, errno_text(error)));
  }
}

tl::unexpected<NotOpened> no_tty(const std::string& path) {
  return not_opened(
      State::refused,
      fmt::format("{} is not a tty; give a serial port, such as /dev/ttyS0 or one in /dev/serial/by-id", path));
}

tl::unexpected<NotOpened> in_use(const LockHolder& holder, const std::string& lock) {
  return not_opened(State::waiting, fmt::format("in use by {} ({})", holder.by(), lock));
}

/// Whoever else has it has said so; else it is ours from here on.
tl::expected<void, NotOpened> claim(SerialPort& port, const address::Serial& at, const std::string& lock) {
  if (::flock(port.fd.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    const auto holder = uucp_lock_holder(lock);
    const bool ourselves = holder && holder->pid == ::getpid();
    return not_opened(State::waiting,
                      ourselves ? "in use by another console of this charmuxd" : "in use by another program (flock)");
  }
  int exclusive = 0;
  // Root is let in all the same.
  if (::ioctl(port.fd.get(), TIOCGEXCL, &exclusive) == 0 && exclusive != 0) return cannot_open(at.path, EBUSY);
  struct stat status {};
  if (::fstat(port.fd.get(), &status) == 0)
    if (const auto user = terminal_user(status.st_rdev))
      return not_opened(State::refused, fmt::format("{} is the terminal of {}; end that (systemctl stop "
                                                    "serial-getty@...) or choose another port",
                                                    at.path, *user));
  // What bears our own pid and has no flock is of a former process.
  Result<UucpLock> made = UucpLock::take(lock);
  if (made) {
    port.lock = std::move(*made);
  } else if (made.error().number == EEXIST) {
    return in_use(uucp_lock_holder(lock).value_or(LockHolder{}), lock);
  } else {
    port.remarks.push_back(fmt::format("{}: opened without a lock file: {}", at.path, made.error().text));
  }
  return {};
}

bool is_pty(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return false;
  return major(status.st_rdev) >= kFirstPty && major(status.st_rdev) <= kLastPty;
}

/// Makes it what the address says.
tl::expected<void, NotOpened> set(SerialPort& port, const address::Serial& at) {
  const termios settings = serial_settings(at);
  termios got{};
  if (::tcsetattr(port.fd.get(), TCSANOW, &settings) != 0 || ::tcgetattr(port.fd.get(), &got) != 0)
    return not_opened(State::refused, fmt::format("{} cannot be set: {}", at.path, errno_text(errno)));
  const std::optional<int> lines = modem_lines(port.fd.get());
  port.has_wire = lines || !is_pty(port.fd.get());
  if (lines) port.remarks.push_back(fmt::format("{}: modem lines: {}", at.path, shown_lines(*lines)));
  const std::string missing = not_taken(at, got);
  if (missing.empty()) return {};
  if (!port.has_wire) {
    port.remarks.push_back(fmt::format("{} is a pty, which has no wire: {} means nothing to it", at.path, missing));
    return {};
  }
  restore_serial_port(port.fd.get(), port.before, true);
  return not_opened(State::refused,
                    fmt::format("{} does not take {}; give what its hardware can do", at.path, missing));
}

std::optional<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&::free)> real(::realpath(path.c_str(), nullptr), &::free);
  return real ? std::optional<std::string>(real.get()) : std::nullopt;
}

}  // namespace

tl::expected<SerialPort, NotOpened> open_serial_port(const address::Serial& at, const std::string& lock_directory) {
  const std::optional<std::string> device = real_path(at.path);
  if (!device) return cannot_open(at.path, errno);
  struct stat status {};
  // Opening some other device may do something, such as start a watchdog.
  if (::stat(device->c_str(), &status) == 0 && !S_ISCHR(status.st_mode)) return no_tty(at.path);
  const std::string lock = uucp_lock_path(lock_directory, *device);
  // Opening it would raise DTR under the hands of whoever has it.
  const auto holder = uucp_lock_holder(lock);
  if (holder && holder->pid != ::getpid()) return in_use(*holder, lock);

  SerialPort port;
  port.fd.reset(::open(device->c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!port.fd) return cannot_open(at.path, errno);
  if (::tcgetattr(port.fd.get(), &port.before) != 0) {
    if (errno != EIO) return no_tty(at.path);
    return not_opened(State::refused, fmt::format("{} has no hardware behind it: {}; /proc/tty/driver/serial shows "
                                                  "which ports have",
                                                  at.path, errno_text(EIO)));
  }
  if (auto claimed = claim(port, at, lock); !claimed) return tl::unexpected(std::move(claimed.error()));
  if (auto done = set(port, at); !done) return tl::unexpected(std::move(done.error()));
  // A pty's would stay when its other side is kept open and this process killed; a port's ends with its last close.
  if (port.has_wire) ::ioctl(port.fd.get(), TIOCEXCL);
  int waiting = 0;
  if (::ioctl(port.fd.get(), FIONREAD, &waiting) == 0) port.leftover = static_cast<std::size_t>(waiting);
  return port;
}

void restore_serial_port(int fd, termios before, bool has_wire) {
  // A pty's would throw away what its other side has not read yet, and closing one waits for nothing.
  if (has_wire && !all_sent(fd)) ::tcflush(fd, TCOFLUSH);
  if (has_wire) ::ioctl(fd, TIOCNXCL);
  before.c_cflag &= ~tcflag_t{HUPCL};
  ::tcsetattr(fd, TCSANOW, &before);
}

bool all_sent(int fd) {
  int waiting = 0;
  if (::ioctl(fd, TIOCOUTQ, &waiting) == 0 && waiting > 0) return false;
  unsigned transmitter = 0;
  // Not every driver tells.
  return ::ioctl(fd, TIOCSERGETLSR, &transmitter) != 0 || (transmitter & TIOCSER_TEMT) != 0;
}

}  // namespace charmux::backend
