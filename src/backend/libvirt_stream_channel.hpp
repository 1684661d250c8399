// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "backend/channel.hpp"
#include "hypervisor/libvirt_stream.hpp"

namespace charmux::backend {

/// A guest's console by way of libvirt, while it is being opened and then.
class LibvirtStreamChannel final : public Channel, private hypervisor::LibvirtStream::Owner {
 public:
  /// Who made it, and is told the outcome of open(): from the loop, never from inside it; may destroy it. Outlives it.
  class Maker {
   public:
    virtual ~Maker() = default;
    virtual void channel_opened() = 0;
    virtual void channel_failed(hypervisor::LibvirtStream::Failure failure, const std::string& reason) = 0;
  };
  LibvirtStreamChannel(hypervisor::Libvirt& libvirt, const hypervisor::LibvirtStream::Settings& settings, Maker& maker);

  void open() { stream_.start(); }

  [[nodiscard]] Status start(Channel::Owner& owner) override;
  void want(unsigned interest) override { stream_.want(interest); }
  [[nodiscard]] net::Io read(BytesSpan room) override { return stream_.read(room); }
  [[nodiscard]] net::Io write(BytesView bytes) override { return stream_.write(bytes); }
  [[nodiscard]] std::string why_ended(const net::Io& io) const override;
  [[nodiscard]] State ended() const override;
  void send_break(std::function<void(Status)> answer) override;

 private:
  void stream_opened() override { maker_.channel_opened(); }
  void stream_failed(hypervisor::LibvirtStream::Failure failure, const std::string& reason) override {
    maker_.channel_failed(failure, reason);
  }
  void stream_ready(unsigned ready) override { told_->channel_ready(ready); }

  Maker& maker_;
  hypervisor::LibvirtStream stream_;
  Channel::Owner* told_ = nullptr;
};

}  // namespace charmux::backend
