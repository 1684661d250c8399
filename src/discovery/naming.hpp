// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "discovery/guest.hpp"

namespace charmux::discovery {

/// What a guest's console is called, before a prefix: the primary one as its guest, another "GUEST.LABEL".
[[nodiscard]] std::string console_name(const Guest& guest, const Chardev& chardev);

/// What a guest's console is remembered by: "UUID/serial/0", or "name:NAME/serial/0" of a guest without a UUID.
[[nodiscard]] std::string console_key(const Guest& guest, const Chardev& chardev);
/// The same for one of several guests that cannot be told apart otherwise, as clones of one definition: by where it was
/// found, "UUID@/run/qemu/b.qmp/serial/0".
[[nodiscard]] std::string console_key_at(const Guest& guest, const Chardev& chardev);

}  // namespace charmux::discovery
