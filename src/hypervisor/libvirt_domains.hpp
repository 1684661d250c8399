// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "charmux/base/result.hpp"
#include "hypervisor/libvirt_connection.hpp"
#include "hypervisor/libvirt_handles.hpp"

/// Questions about domains, which wait for libvirt's answer: for the thread that owns the connection. Errors are
/// libvirt's own words; with number ENOENT there is no such domain (any more).
namespace charmux::hypervisor {

/// By UUID or by name.
[[nodiscard]] Result<DomainHandle> find_domain(virConnectPtr connection, const std::string& uuid_or_name);
/// As it is now. One that neither runs nor is defined is none.
[[nodiscard]] Result<LibvirtDomain> describe_domain(virDomainPtr domain);
/// QEMU's `return` as JSON, or its reason.
[[nodiscard]] Result<std::string> ask_qemu_of(virDomainPtr domain, const std::string& command);

}  // namespace charmux::hypervisor
