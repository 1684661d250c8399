// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace charmux::daemon {

/// Raises this process's soft limit of open files to its hard one. What it is then.
std::size_t raise_open_files();

}  // namespace charmux::daemon
