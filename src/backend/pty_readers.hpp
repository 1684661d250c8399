// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "backend/pty_device.hpp"

namespace charmux::backend {

/// Which other processes have each of these ptys open to read, as "cat, pid 812", by pid. One that holds the other side
/// of it as well is whose pty it is, and no reader.
///
/// Looks at every descriptor of every process once (proc(5)), so it is for a thread: some microseconds for each
/// descriptor, and where a network file system hangs it may too. Those whose name is not the pty's number are passed
/// over by that name, which holds in other mount namespaces and containers as well; not seen is who got the pty under
/// another name (a bind mount of that one file). Of other users' processes only root sees the descriptors.
[[nodiscard]] std::vector<std::vector<std::string>> pty_readers(const std::vector<PtyDevice>& ptys);

}  // namespace charmux::backend
