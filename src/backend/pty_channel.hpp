// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "backend/descriptor.hpp"
#include "backend/pty_device.hpp"

namespace charmux::backend {

/// The slave of a guest's pty, open and raw.
struct OpenPty {
  UniqueFd fd;
  PtyDevice device;
  std::size_t leftover = 0;  ///< bytes that waited in it: what the guest printed before, which is kept.
};

struct PtyNotOpened {
  State state;
  std::string reason;
  bool not_permitted = false;
};

/// Opens it, never as controlling terminal; its settings are not restored by anybody. What is a user's terminal is
/// refused.
[[nodiscard]] tl::expected<OpenPty, PtyNotOpened> open_pty(const std::string& path);

/// A pty's slave that is open. When QEMU goes, reading gives 0 or EIO for ever.
class PtyChannel : public Descriptor {
 public:
  PtyChannel(loop::Loop& loop, OpenPty pty) : Descriptor(loop, std::move(pty.fd)), device_(std::move(pty.device)) {}

  [[nodiscard]] std::optional<PtyDevice> pty() const override { return device_; }
  [[nodiscard]] std::string why_ended(const net::Io& io) const override;
  void send_break(std::function<void(Status)> answer) override;

 private:
  const PtyDevice device_;
};

}  // namespace charmux::backend
