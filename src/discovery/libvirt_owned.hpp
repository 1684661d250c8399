// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "discovery/facts.hpp"

namespace charmux::discovery {

/// Why such a monitor is not used: libvirt would be locked out of its own guest by whoever takes its place.
inline constexpr const char* kLibvirts = "libvirt's; use --libvirt";

/// Whether a path is in one of libvirt's directories: the system's, or a user's (XDG) as .../libvirt/qemu/... . Links
/// in it are not followed here.
[[nodiscard]] bool is_libvirt_path(const std::string& path);

/// Whether the monitor behind the socket `path` is libvirt's own: there is a chardev `charmonitor` (libvirt's name for
/// it since 0.8), and no other one is known to listen at `path`. A libvirt guest may well have a second monitor for
/// charmux.
[[nodiscard]] bool is_libvirt_monitor(const std::vector<ChardevFacts>& chardevs, const std::string& path);

}  // namespace charmux::discovery
