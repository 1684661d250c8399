// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "charmux/base/result.hpp"

namespace charmux::address {

/// Where guests are when nothing else is said: QEMU's on this host, those of the system.
inline constexpr std::string_view kSystemUri = "qemu:///system";

/// Whether libvirt can be given this as a URI: a scheme and a colon (RFC 3986, section 3.1) and no white space or NUL;
/// what stands behind them libvirt alone knows. Error: what to write instead.
[[nodiscard]] Status check_libvirt_uri(std::string_view uri);

/// Whether it may be the alias of a device: not empty, and of the characters that libvirt takes in a user's alias
/// (formatdomain, "Device aliases"); its own have no others.
[[nodiscard]] bool is_libvirt_alias(std::string_view alias);

}  // namespace charmux::address
