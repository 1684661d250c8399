// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "backend/reopening.hpp"

namespace charmux::backend {

/// The slave side of a pty that another program (QEMU's `-chardev pty`) allocated and holds the master of.
///
/// It is opened raw, never as controlling terminal, and its settings are not restored: QEMU set it raw itself (7.2).
/// What a former reader left in it is the guest's output and is kept; leftover() says how much it was. When QEMU goes,
/// reading gives 0 or EIO for ever: that is the end, and the path is opened anew until it is there again.
class Pty final : public Reopening {
 public:
  Pty(loop::Loop& loop, Patience patience, std::string path);

  [[nodiscard]] bool may_be_queued() const override { return false; }
  [[nodiscard]] std::string_view why_no_break() const override;

 private:
  void begin() override;
  [[nodiscard]] std::string why_ended(const net::Io& io) const override;

  const std::string path_;
};

}  // namespace charmux::backend
