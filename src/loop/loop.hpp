// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "charmux/base/units.hpp"

struct uv_loop_s;

namespace charmux::loop {

/// The one event loop. It is created first and destroyed last; every handle on it is destroyed before it. All members
/// are for the thread that runs it.
class Loop {
 public:
  /// SIGPIPE is ignored from here on.
  Loop();
  /// Runs the closing handles' last callbacks and aborts if a handle is still open: that is a leak in its owner.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Runs until stop() is called or no active handle is left.
  void run();
  /// Runs one turn and waits for an event if nothing is ready.
  void run_once();
  /// Makes run() return at the end of this turn.
  void stop();
  /// True while work given to the thread pool has not come back; such work cannot be taken back.
  [[nodiscard]] bool has_pending_work() const;
  /// The time at which this turn began, or later: cheap.
  [[nodiscard]] MonoTime now() const;

  [[nodiscard]] uv_loop_s* raw() { return raw_.get(); }

 private:
  std::unique_ptr<uv_loop_s> raw_;
};

}  // namespace charmux::loop
