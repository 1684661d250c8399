// SPDX-License-Identifier: Apache-2.0
#include "daemon/systemd.hpp"

#include <fmt/core.h>
#include <systemd/sd-daemon.h>

namespace charmux::daemon {

void notify_ready(const std::string& status) { sd_notify(0, fmt::format("READY=1\nSTATUS={}", status).c_str()); }

void notify_reloading() { sd_notify(0, "RELOADING=1"); }

void notify_stopping() { sd_notify(0, "STOPPING=1"); }

}  // namespace charmux::daemon
