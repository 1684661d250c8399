// SPDX-License-Identifier: Apache-2.0
#include "backend/libvirt_stream_opener.hpp"

#include <utility>

#include "backend/console_locks.hpp"

namespace charmux::backend {

using hypervisor::LibvirtStream;

void LibvirtStreamOpener::begin() {
  Maker& maker = *this;
  opening_ = std::make_unique<LibvirtStreamChannel>(libvirt_, settings_, maker);
  opening_->open();
}

void LibvirtStreamOpener::channel_opened() { owner_.opened(std::move(opening_), 0); }

void LibvirtStreamOpener::channel_failed(LibvirtStream::Failure failure, const std::string& reason) {
  opening_.reset();
  switch (failure) {
    case LibvirtStream::Failure::away: return owner_.failed(State::closed, reason);
    case LibvirtStream::Failure::refused: return owner_.failed(State::refused, reason);
    case LibvirtStream::Failure::held: break;
  }
  // "Requested device '/dev/pts/0' is locked by lock file '/var/lock/LCK.._pts_0' held by process 812": it is no
  // session of libvirt's. The path is there whatever language libvirtd speaks.
  const bool is_lock = reason.find("/LCK..") != std::string::npos;
  owner_.failed(State::waiting, is_lock ? "in use: " + reason : std::string(kInUseByLibvirt));
}

}  // namespace charmux::backend
