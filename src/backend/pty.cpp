// SPDX-License-Identifier: Apache-2.0
#include "backend/pty.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

#include "backend/descriptor.hpp"
#include "backend/terminal_user.hpp"

namespace charmux::backend {
namespace {

class PtyChannel final : public Descriptor {
 public:
  PtyChannel(loop::Loop& loop, UniqueFd fd, std::string path)
      : Descriptor(loop, std::move(fd)), path_(std::move(path)) {}

  [[nodiscard]] std::string why_ended(const net::Io&) const override {
    return fmt::format("{}: its other side was closed", path_);
  }
  void send_break(std::function<void(Status)> answer) override {
    answer(failure("no break: QEMU passes none on from a pty, only from its monitor"));
  }

 private:
  const std::string path_;
};

}  // namespace

void Pty::begin() {
  UniqueFd fd(::open(path_.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!fd) {
    const int error = errno;
    // ENOENT: no such pty yet, or no more. EIO: its master is closed.
    if (error == ENOENT || error == EIO || error == ENXIO)
      return owner_.failed(State::closed, fmt::format("{}: {}", path_, errno_text(error)));
    return owner_.failed(State::refused, fmt::format("{}: {}; run charmuxd as root or as the owner of the device",
                                                     path_, errno_text(error)));
  }
  termios settings{};
  if (::tcgetattr(fd.get(), &settings) != 0)
    return owner_.failed(State::refused,
                         fmt::format("{} is not a tty; give the path that QEMU printed or query-chardev shows", path_));
  // The number may have gone to somebody's login since QEMU gave it up. It can go to nobody while we hold it open.
  struct stat status {};
  if (::fstat(fd.get(), &status) == 0)
    if (const auto user = terminal_user(status.st_rdev))
      return owner_.failed(
          State::refused,
          fmt::format("{} is the terminal of {}, not a guest's; give the path that QEMU has now", path_, *user));
  ::cfmakeraw(&settings);
  if (::tcsetattr(fd.get(), TCSANOW, &settings) != 0)
    return owner_.failed(State::refused, fmt::format("{} cannot be set raw: {}", path_, errno_text(errno)));
  int waiting = 0;
  if (::ioctl(fd.get(), FIONREAD, &waiting) != 0) waiting = 0;
  owner_.opened(std::make_unique<PtyChannel>(loop_, std::move(fd), path_), static_cast<std::size_t>(waiting));
}

}  // namespace charmux::backend
