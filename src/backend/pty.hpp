// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "backend/opener.hpp"

namespace charmux::backend {

/// The slave side of a pty that another program (QEMU's `-chardev pty`) allocated and holds the master of.
///
/// It is opened raw, never as controlling terminal, and its settings are not restored: QEMU set it raw itself (7.2).
/// What a former reader left in it is the guest's output and is kept; it is said how much it was. When QEMU goes,
/// reading gives 0 or EIO for ever: that is the end, and the path is opened anew until it is there again.
class Pty final : public Opener {
 public:
  Pty(std::string path, Owner& owner) : path_(std::move(path)), owner_(owner) {}

  void begin() override;
  [[nodiscard]] std::string why_ended(const net::Io& io) const override;
  [[nodiscard]] bool may_be_queued() const override { return false; }
  [[nodiscard]] std::string_view why_no_break() const override;

 private:
  const std::string path_;
  Owner& owner_;
};

}  // namespace charmux::backend
