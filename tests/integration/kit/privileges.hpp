// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

namespace charmux::test {

/// While it lives, a file's mode holds for this process as for anybody's: root's power to pass over it is laid down
/// (capabilities(7)), which also works in a user namespace, where there is nobody else to become.
class WithoutPrivileges {
 public:
  WithoutPrivileges() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    if (::syscall(SYS_capget, &header, before_) != 0) std::abort();
    __user_cap_data_struct none[2] = {before_[0], before_[1]};
    none[0].effective = none[1].effective = 0;
    if (::syscall(SYS_capset, &header, none) != 0) std::abort();
  }
  WithoutPrivileges(const WithoutPrivileges&) = delete;
  WithoutPrivileges& operator=(const WithoutPrivileges&) = delete;
  ~WithoutPrivileges() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    if (::syscall(SYS_capset, &header, before_) != 0) std::abort();
  }

 private:
  __user_cap_data_struct before_[2] = {};
};

}  // namespace charmux::test
