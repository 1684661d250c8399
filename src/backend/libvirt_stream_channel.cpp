// SPDX-License-Identifier: Apache-2.0
#include "backend/libvirt_stream_channel.hpp"

#include <fmt/core.h>

#include "backend/console_locks.hpp"

namespace charmux::backend {
namespace {

/// libvirtd aborts the stream of a session that is thrown out, and says no more than that (9.0,
/// src/remote/remote_daemon_stream.c). One that speaks another language is understood at the next try, which is told
/// who has it.
bool is_thrown_out(const std::string& reason) { return reason.find("stream had I/O failure") != std::string::npos; }

}  // namespace

LibvirtStreamChannel::LibvirtStreamChannel(hypervisor::Libvirt& libvirt,
                                           const hypervisor::LibvirtStream::Settings& settings, Maker& maker)
    : maker_(maker), stream_(libvirt, settings, *this) {}

Status LibvirtStreamChannel::start(Channel::Owner& owner) {
  told_ = &owner;
  return {};
}

std::string LibvirtStreamChannel::why_ended(const net::Io&) const {
  const std::string reason = stream_.why_ended();
  if (reason.empty()) return "libvirt: its other side was closed";
  return is_thrown_out(reason) ? std::string(kInUseByLibvirt) : fmt::format("libvirt: {}", reason);
}

State LibvirtStreamChannel::ended() const {
  return is_thrown_out(stream_.why_ended()) ? State::waiting : State::closed;
}

void LibvirtStreamChannel::send_break(std::function<void(Status)> answer) {
  answer(failure("no break: libvirt passes none on, only QEMU's monitor does"));
}

}  // namespace charmux::backend
