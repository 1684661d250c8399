// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "hypervisor/libvirt_pipe.hpp"
#include "hypervisor/libvirt_stream.hpp"

namespace charmux::hypervisor {

/// A stream's own thread: opens the console over a connection of its own, sends what is typed, and closes it. Waits in
/// libvirt's calls as long as they take.
void serve_libvirt_console(const LibvirtStream::Settings& settings, const std::shared_ptr<LibvirtPipe>& pipe);

}  // namespace charmux::hypervisor
