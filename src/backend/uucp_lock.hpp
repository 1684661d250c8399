// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "charmux/base/result.hpp"

namespace charmux::backend {

/// Where programs lock a device, as the FHS (5.9) and uucp agree: /var/lock/LCK..ttyUSB0. `device` is its path with
/// symbolic links resolved; what is below /dev counts, a '/' in it is written '_'.
[[nodiscard]] std::string uucp_lock_path(const std::string& directory, const std::string& device);

/// Who has locked a device.
struct LockHolder {
  pid_t pid = 0;           ///< 0: not known; the file cannot be read, or its pid is not written yet.
  std::string by() const;  ///< "minicom, pid 812", "pid 812", "another program"
};

/// Who holds that lock; nullopt: nobody. What a process that is gone has left does not count, nor what nobody wrote a
/// pid into for a minute.
[[nodiscard]] std::optional<LockHolder> uucp_lock_holder(const std::string& path);

/// The lock of a device, held by this process and removed with this. It keeps out those who look for it, nobody else.
class UucpLock {
 public:
  UucpLock() = default;
  /// Made at once or not at all, in HDB form: the pid, ten columns wide, and a line end; readable by all, whoever is to
  /// respect it. One that nobody holds, or that bears our own pid (whether it is held by us is the caller's to know:
  /// pids are used again), is taken over. Error: EEXIST: somebody holds it; otherwise why it cannot be made.
  [[nodiscard]] static Result<UucpLock> take(const std::string& path);
  UucpLock(UucpLock&& other) noexcept;
  UucpLock& operator=(UucpLock&& other) noexcept;
  ~UucpLock();

 private:
  UucpLock(std::string path, ino_t inode) : path_(std::move(path)), inode_(inode) {}
  std::string path_;  ///< empty: none
  ino_t inode_ = 0;
};

}  // namespace charmux::backend
