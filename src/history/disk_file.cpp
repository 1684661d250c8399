// SPDX-License-Identifier: Apache-2.0
#include "history/disk_file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

namespace charmux::history {
namespace {

constexpr mode_t kMode = 0600;

std::string new_name(const std::string& path) { return path + ".new"; }

tl::unexpected<DiskTrouble> trouble(int error_number) { return tl::unexpected(disk_trouble(error_number)); }

/// errno's value, or 0. glibc's own fills in where the file system cannot: it writes to each block that is a hole.
int preallocate(int fd, std::uint64_t bytes) {
  int error = EINTR;
  while (error == EINTR) error = ::posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  return error;
}

}  // namespace

DiskTrouble disk_trouble(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT: return {"disk full", "free some of it"};
    case ENOENT: return {errno_text(error_number), "create its directory"};
    case EACCES:
    case EPERM: return {errno_text(error_number), "let this user read and write there"};
    case EROFS: return {errno_text(error_number), "mount it writable"};
    case ELOOP: return {"it is a symbolic link", "put a directory of its own there"};
    case EISDIR:
    case ENXIO:
    case ENODEV: return {"it is not a regular file", "move that away"};
    default: return {errno_text(error_number), "mend that"};
  }
}

OnDisk<UniqueFd> open_existing(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK));
  if (!fd && errno == ENOENT) return fd;
  struct stat about {};
  if (!fd || ::fstat(fd.get(), &about) != 0) return trouble(errno);
  if (!S_ISREG(about.st_mode)) return trouble(ENODEV);
  if ((about.st_mode & 07777) != kMode && ::fchmod(fd.get(), kMode) != 0) return trouble(errno);
  return fd;
}

OnDisk<void> allocate(int fd, std::uint64_t bytes) {
  const int error = preallocate(fd, bytes);
  if (error != 0) return trouble(error);
  return {};
}

OnDisk<UniqueFd> create_beside(const std::string& path, std::uint64_t bytes) {
  const std::string name = new_name(path);
  ::unlink(name.c_str());  // of a process that was killed while it made one
  UniqueFd fd(::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kMode));
  if (!fd) return trouble(errno);
  const int error = preallocate(fd.get(), bytes);
  if (error != 0) {
    ::unlink(name.c_str());
    return trouble(error);
  }
  return fd;
}

OnDisk<void> put_in_place(const std::string& path) {
  const std::string name = new_name(path);
  if (::rename(name.c_str(), path.c_str()) == 0) return {};
  const int error = errno;
  ::unlink(name.c_str());
  return trouble(error);
}

OnDisk<void> put_in_place_of_another(int fd, const std::string& path) {
  if (::fdatasync(fd) == 0) return put_in_place(path);
  const int error = errno;
  ::unlink(new_name(path).c_str());
  return trouble(error);
}

Result<UniqueFd> create_in_memory(std::uint64_t bytes) {
  UniqueFd fd(::memfd_create("charmux-history", MFD_CLOEXEC));
  const int error = fd ? preallocate(fd.get(), bytes) : errno;
  if (error != 0)
    return failure("no {} bytes of memory for a history: {}; lower the history size", bytes, errno_text(error));
  return fd;
}

OnDisk<std::string> set_aside(const std::string& path) {
  std::string name = path + ".set-aside";
  struct stat about {};
  for (int number = 1; ::lstat(name.c_str(), &about) == 0; ++number)
    name = fmt::format("{}.set-aside.{}", path, number);
  if (::rename(path.c_str(), name.c_str()) != 0) return trouble(errno);
  return name;
}

bool read_at(int fd, std::uint64_t offset, void* out, std::size_t bytes) {
  auto* to = static_cast<char*>(out);
  while (bytes > 0) {
    const ssize_t n = ::pread(fd, to, bytes, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    to += n;
    offset += static_cast<std::uint64_t>(n);
    bytes -= static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace charmux::history
