// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace charmux::backend {

/// The environment of a program that charmuxd runs on a pty: `ours` ("NAME=VALUE", as environ(7)), less what systemd
/// says to charmuxd alone (systemd.exec(5), "Environment Variables in Spawned Processes") and the size of the terminal
/// that charmuxd was started from. TERM is vt220 where ours is none or dumb.
[[nodiscard]] std::vector<std::string> child_environment(const char* const* ours);

}  // namespace charmux::backend
