// SPDX-License-Identifier: Apache-2.0
#include "charmux/base/open_files.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace charmux {

void fill_standard_descriptors() {
  int fd = 0;
  do fd = ::open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd > STDERR_FILENO) ::close(fd);
}

std::size_t raise_open_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;  // POSIX's usual soft limit; getrlimit does not fail
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace charmux
