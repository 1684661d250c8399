// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "discovery/facts.hpp"
#include "discovery/guest.hpp"

namespace charmux::discovery {

/// What a device that uses a chardev makes of it. An allow-list: what is not known to be a console is none.
struct FrontEndType {
  Kind kind = Kind::other;
  std::string why_not;       ///< of Kind::other: what it is instead
  std::string why_no_break;  ///< of the others: empty where QEMU's device hears CHR_EVENT_BREAK
};

/// By the QOM type of the device and, of a virtio port, by the name that the guest knows it by.
[[nodiscard]] FrontEndType front_end_type(const DeviceFacts& device);

}  // namespace charmux::discovery
