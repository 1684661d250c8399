// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "charmux/config/config.hpp"
#include "console/audit.hpp"
#include "console/scribes.hpp"

namespace charmux::daemon {

/// What is written of consoles by other threads: who writes it, and the audit, if there is one. Outlives the consoles,
/// which note what their last viewers do. For the loop's thread.
class Records {
 public:
  /// From here on a file that may grow no further (SIGXFSZ) is an error of the write that finds out, as a full disk is.
  Records(const config::Audit& audit, loop::Loop& loop, Log& log);
  /// Begins the audit, if there is to be one.
  void start();

  [[nodiscard]] console::Scribes& scribes() { return scribes_; }
  /// Null: none is kept, or not yet.
  [[nodiscard]] console::Audit* audit() { return audit_.get(); }

  /// The audit goes on in the file that its path leads to now.
  void reopen();
  /// All that was to be noted has been: it goes to the disk; stopped() when it is there, or cannot be.
  void stop();
  [[nodiscard]] bool stopped() const { return audit_ == nullptr || audit_->stopped(); }
  /// The time for that is up.
  void give_up();

 private:
  const config::Audit& settings_;
  loop::Loop& loop_;
  Log& log_;
  console::Scribes scribes_;
  std::unique_ptr<console::Audit> audit_;
};

}  // namespace charmux::daemon
