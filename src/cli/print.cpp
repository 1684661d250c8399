// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "charmux/base/result.hpp"
#include "cli/command.hpp"

namespace charmux::cli {

Outcome<void> print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      return tl::unexpected(Failure{kDone, {}});
    } else if (errno == EAGAIN) {
      // Whoever shares the open file has set O_NONBLOCK. What is wrong with it, the next write says.
      pollfd waited{STDOUT_FILENO, POLLOUT, 0};
      ::poll(&waited, 1, -1);
    } else if (errno != EINTR) {
      return stop(kCannotWrite, "cannot write to standard output: {}", errno_text(errno));
    }
  }
  return {};
}

}  // namespace charmux::cli
