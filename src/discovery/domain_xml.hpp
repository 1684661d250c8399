// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "charmux/base/result.hpp"
#include "discovery/guest.hpp"

namespace charmux::discovery {

/// Whose XML it is.
struct DomainView {
  bool running = false;  ///< live XML: has aliases, and the paths of ptys
  /// Of another host: its name or address, empty where that is not known; none: this one.
  std::optional<std::string> host;
};

/// What a domain's XML (libvirt's formatdomain) says of its character devices, as Guest::chardevs has them: which are
/// consoles, in which place, and why the others are not offered. One that is offered has no `at` while that is not
/// known: a pty while the guest is shut off, a socket whose path libvirt chooses. Error: what is wrong with the XML.
///
/// Positions are the XML's order, which is libvirt's own numbering ("serial1"), but for consoles: the one that mirrors
/// serial 0 is none, so console 0 is the first virtio console, as it is to QEMU.
[[nodiscard]] Result<std::vector<Chardev>> chardevs_of_domain(std::string_view xml, const DomainView& view);

}  // namespace charmux::discovery
