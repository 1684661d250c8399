// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "backend/libvirt_stream_channel.hpp"
#include "backend/opener.hpp"
#include "hypervisor/libvirt_stream.hpp"

namespace charmux::backend {

/// A guest's console by way of libvirt: on another host, or where its pty is not ours to open. A session that was there
/// first is waited for; one that throws us out is let have it, and waited for.
class LibvirtStreamOpener final : public Opener, private LibvirtStreamChannel::Maker {
 public:
  /// libvirt and the owner outlive it.
  LibvirtStreamOpener(hypervisor::Libvirt& libvirt, hypervisor::LibvirtStream::Settings settings, Opener::Owner& owner)
      : libvirt_(libvirt), settings_(std::move(settings)), owner_(owner) {}

  void begin() override;
  void abandon() override { opening_.reset(); }
  /// A connection of its own, perhaps to another host.
  [[nodiscard]] bool is_costly() const override { return true; }

 private:
  void channel_opened() override;
  void channel_failed(hypervisor::LibvirtStream::Failure failure, const std::string& reason) override;

  hypervisor::Libvirt& libvirt_;
  const hypervisor::LibvirtStream::Settings settings_;
  Opener::Owner& owner_;
  std::unique_ptr<LibvirtStreamChannel> opening_;
};

}  // namespace charmux::backend
