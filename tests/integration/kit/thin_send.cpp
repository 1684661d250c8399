// SPDX-License-Identifier: Apache-2.0
#include "kit/thin_send.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <random>

namespace {

// The linker's contract (ld(1), --wrap) leaves no other place for this than a global.
bool thin = false;
std::size_t most_bytes = 0;
unsigned long sends = 0;
std::minstd_rand dice;  // NOLINT(bugprone-random-generator-seed): the same in each run on purpose

}  // namespace

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier): the names that ld(1) gives
ssize_t __real_send(int fd, const void* bytes, std::size_t size, int flags);
ssize_t __wrap_send(int fd, const void* bytes, std::size_t size, int flags);

ssize_t __wrap_send(int fd, const void* bytes, std::size_t size, int flags) {
  ++sends;
  if (!thin) return __real_send(fd, bytes, size, flags);
  std::size_t most = most_bytes;
  if (most == 0) {
    most = dice() % 6;
    if (most == 0) {
      errno = EAGAIN;
      return -1;
    }
  }
  return __real_send(fd, bytes, std::min(size, most), flags);
}
// NOLINTEND(bugprone-reserved-identifier)
}

namespace charmux::test {

ThinSend::ThinSend(std::size_t most) {
  thin = true;
  most_bytes = most;
}

ThinSend::~ThinSend() { thin = false; }

unsigned long sends_made() { return sends; }

}  // namespace charmux::test
