// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace charmux {

/// Opens /dev/null for each of stdin, stdout and stderr that the process was started without, so that no socket of a
/// console gets its number and the log's lines. The first thing a program does.
void fill_standard_descriptors();

/// Raises this process's soft limit of open files to its hard one. What it is then.
std::size_t raise_open_files();

}  // namespace charmux
