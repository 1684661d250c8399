// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "backend/opener.hpp"
#include "loop/loop.hpp"

namespace charmux::backend {

/// The slave side of a pty that another program (QEMU's `-chardev pty`) allocated and holds the master of.
///
/// It is opened raw, never as controlling terminal, and its settings are not restored: QEMU set it raw itself (7.2).
/// What a former reader left in it is the guest's output and is kept; it is said how much it was. When QEMU goes,
/// reading gives 0 or EIO for ever: that is the end, and the path is opened anew until it is there again.
class Pty final : public Opener {
 public:
  Pty(loop::Loop& loop, std::string path, Owner& owner) : loop_(loop), path_(std::move(path)), owner_(owner) {}

  void begin() override;

 private:
  loop::Loop& loop_;
  const std::string path_;
  Owner& owner_;
};

}  // namespace charmux::backend
