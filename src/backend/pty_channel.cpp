// SPDX-License-Identifier: Apache-2.0
#include "backend/pty_channel.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

#include <cerrno>

#include "backend/terminal_user.hpp"

namespace charmux::backend {
namespace {

tl::unexpected<PtyNotOpened> refused(std::string reason) {
  return tl::unexpected(PtyNotOpened{State::refused, std::move(reason)});
}

PtyNotOpened why_not_opened(const std::string& path, int error) {
  // ENOENT: no such pty yet, or no more. EIO: its master is closed.
  if (error == ENOENT || error == EIO || error == ENXIO)
    return {State::closed, fmt::format("{}: {}", path, errno_text(error))};
  return {State::refused,
          fmt::format("{}: {}; run charmuxd as root or as the owner of the device", path, errno_text(error)),
          error == EACCES || error == EPERM};
}

}  // namespace

tl::expected<OpenPty, PtyNotOpened> open_pty(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return tl::unexpected(why_not_opened(path, errno));
  termios settings{};
  if (::tcgetattr(fd.get(), &settings) != 0)
    return refused(fmt::format("{} is not a tty; give the path that QEMU printed or query-chardev shows", path));
  // The number may have gone to somebody's login since QEMU gave it up. It can go to nobody while we hold it open.
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return refused(fmt::format("{}: {}", path, errno_text(errno)));
  if (const auto user = terminal_user(status.st_rdev))
    return refused(
        fmt::format("{} is the terminal of {}, not a guest's; give the path that QEMU has now", path, *user));
  ::cfmakeraw(&settings);
  if (::tcsetattr(fd.get(), TCSANOW, &settings) != 0)
    return refused(fmt::format("{} cannot be set raw: {}", path, errno_text(errno)));
  int waiting = 0;
  if (::ioctl(fd.get(), FIONREAD, &waiting) != 0) waiting = 0;
  return OpenPty{std::move(fd), {path, status.st_dev, status.st_rdev}, static_cast<std::size_t>(waiting)};
}

std::string PtyChannel::why_ended(const net::Io&) const {
  return fmt::format("{}: its other side was closed", device_.path);
}

void PtyChannel::send_break(std::function<void(Status)> answer) {
  answer(failure("no break: QEMU passes none on from a pty, only from its monitor"));
}

}  // namespace charmux::backend
