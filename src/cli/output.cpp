// SPDX-License-Identifier: Apache-2.0
#include "cli/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace charmux::cli {
namespace {

// A pipe that is ready takes this much without blocking (pipe(7)).
constexpr std::size_t kAtOnce = 4096;

}  // namespace

/// O_NONBLOCK belongs to the open file, which the shell and others share: it is set on an open file of our own. Where
/// that cannot be had (a terminal of another user, a socket), stdout is written to in small pieces when it is ready.
Output::Output() {
  struct stat status {};
  if (::fstat(STDOUT_FILENO, &status) != 0) return;
  if (S_ISFIFO(status.st_mode) || ::isatty(STDOUT_FILENO) == 1)
    own_.reset(::open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

int Output::fd() const { return own_ ? own_.get() : STDOUT_FILENO; }

int Output::write() {
  while (!waiting_.empty()) {
    const std::size_t size = own_ ? waiting_.size() : std::min(waiting_.size(), kAtOnce);
    const ssize_t written = ::write(fd(), waiting_.data(), size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno == EAGAIN ? 0 : errno;
    last_ = waiting_[static_cast<std::size_t>(written) - 1];
    waiting_.erase(waiting_.begin(), waiting_.begin() + written);
    if (!own_) break;  // whether there is room for more, poll(2) says
  }
  return 0;
}

}  // namespace charmux::cli
