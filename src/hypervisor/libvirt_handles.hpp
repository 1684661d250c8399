// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <memory>
#include <string>

/// libvirt's objects with their owners, and its errors; for files that call libvirt.
namespace charmux::hypervisor {

template <auto release>
struct LibvirtRelease {
  template <class Object>
  void operator()(Object* object) const {
    release(object);
  }
};
using ConnectHandle = std::unique_ptr<virConnect, LibvirtRelease<virConnectClose>>;
using DomainHandle = std::unique_ptr<virDomain, LibvirtRelease<virDomainFree>>;
using StreamHandle = std::unique_ptr<virStream, LibvirtRelease<virStreamFree>>;

/// Why the last call of this thread failed (libvirt keeps that for each).
struct LibvirtError {
  int code = VIR_ERR_OK;  ///< virErrorNumber
  int number = 0;         ///< the errno behind VIR_ERR_SYSTEM_ERROR
  std::string text;       ///< libvirt's own words, in one line
};
[[nodiscard]] LibvirtError last_libvirt_error();

/// What a connection that closed by itself says of that (virConnectCloseReason).
[[nodiscard]] std::string close_reason_text(int reason);

}  // namespace charmux::hypervisor
