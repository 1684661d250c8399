// SPDX-License-Identifier: Apache-2.0
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
    } else if (errno != EINTR) {
      return stop(kCannotWrite, "cannot write to standard output: {}", errno_text(errno));
    }
  }
  return {};
}

}  // namespace charmux::cli
