// SPDX-License-Identifier: Apache-2.0
#include "console/append_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include "charmux/base/result.hpp"

namespace charmux::console {
namespace {

constexpr mode_t kMode = 0600;

}  // namespace

FileTrouble trouble_of(int error_number, std::string_view alone) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT: return {"disk full", "free some of it"};
    case ENOENT: return {errno_text(error_number), "create its directory"};
    case EACCES:
    case EPERM: return {errno_text(error_number), "let this user write there"};
    case EROFS: return {errno_text(error_number), "mount it writable"};
    case EWOULDBLOCK: return {"another console or program writes it", std::string(alone)};
    case ELOOP: return {"it is a symbolic link", "name the file itself"};
    case EISDIR:
    case ENXIO:
    case ENODEV: return {"it is not a regular file", "move that away"};
    default: return {errno_text(error_number), "mend that"};
  }
}

// A FIFO or a terminal would make everybody wait, so what is no regular file is refused; a link in a directory of
// somebody else's would lead what is written to where they like.
int open_to_append(const std::string& path, UniqueFd& out) {
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
  UniqueFd file(::open(path.c_str(), kFlags, kMode));
  struct stat about {};
  if (!file || ::fstat(file.get(), &about) != 0) return errno;
  if (!S_ISREG(about.st_mode)) return ENODEV;
  // Where there are no locks (NFS without a lock daemon) there is nothing to find out.
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return errno;
  out = std::move(file);
  return 0;
}

int append_all(int file, Bytes& bytes) {
  std::size_t written = 0;
  int error = 0;
  while (written < bytes.size() && error == 0) {
    const ssize_t n = ::write(file, bytes.data() + written, bytes.size() - written);
    if (n > 0)
      written += static_cast<std::size_t>(n);
    else if (n == 0 || errno != EINTR)
      error = n == 0 ? EIO : errno;
  }
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(written));
  return error;
}

}  // namespace charmux::console
