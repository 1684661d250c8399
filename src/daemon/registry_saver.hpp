// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "charmux/base/log.hpp"
#include "daemon/registry.hpp"
#include "loop/work.hpp"

namespace charmux::daemon {

/// Writes a registry to its file as it changes: off the loop, one write at a time, each with all that has changed until
/// it begins. Owned by who owns the registry. For the loop's thread.
class RegistrySaver {
 public:
  RegistrySaver(loop::Loop& loop, Log& log, Registry& registry) : loop_(loop), log_(log), registry_(registry) {}

  /// What has changed is to be on the disk soon. What cannot be written is in the log, and is tried again with the next
  /// change.
  void save();
  /// Nothing is being written.
  [[nodiscard]] bool idle() const { return !writing_; }

 private:
  loop::Loop& loop_;
  Log& log_;
  Registry& registry_;
  loop::Work work_;
  bool writing_ = false;
};

}  // namespace charmux::daemon
