// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>

namespace charmux::backend {

/// The slave of a pty that is open, whatever paths lead to it: the same number is another pty in another devpts.
struct PtyDevice {
  std::string path;      ///< by which it was opened
  dev_t filesystem = 0;  ///< its devpts
  dev_t number = 0;
  friend bool operator==(const PtyDevice&, const PtyDevice&) = default;
};

}  // namespace charmux::backend
