// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace charmux::daemon {

/// Tells the service manager, if there is one ($NOTIFY_SOCKET): sd_notify(3).
void notify_ready(const std::string& status);
/// notify_ready() follows.
void notify_reloading();
void notify_stopping();

}  // namespace charmux::daemon
