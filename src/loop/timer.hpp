// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>

#include "loop/loop.hpp"

namespace charmux::loop {

struct TimerBlock;

/// Calls back once, some time from now. Owned by whoever waits; destroying it means that nothing is called any more.
class Timer {
 public:
  Timer(Loop& loop, std::function<void()> callback);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer();

  /// Starts anew, whether it was running or not.
  void start(std::chrono::milliseconds after);
  void stop();
  [[nodiscard]] bool running() const;

 private:
  TimerBlock* block_;
};

}  // namespace charmux::loop
