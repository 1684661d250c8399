// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace charmux::backend {

/// The first process found that has the tty `device` as its controlling terminal, as "bash, pid 812"; nullopt when
/// there is none. A guest's pty is nobody's: one that is belongs to a login or a terminal emulator that got a recycled
/// number. Reads /proc once (proc(5), stat, tty_nr): about a millisecond for a hundred processes.
[[nodiscard]] std::optional<std::string> terminal_user(dev_t device);

}  // namespace charmux::backend
