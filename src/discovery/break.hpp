// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <utility>

#include "charmux/base/result.hpp"
#include "hypervisor/qmp_client.hpp"
#include "loop/timer.hpp"

namespace charmux::discovery {

/// A break that QEMU was asked for: answered by QEMU, or in its place when it takes too long; then what it says later
/// is dropped. Owned by the question. For the loop's thread.
class Break {
 public:
  Break(loop::Loop& loop, std::chrono::milliseconds patience, std::function<void(Status)> answer)
      : answer_(std::move(answer)), timer_(loop, [this] { end(failure("{}", hypervisor::kNoAnswer)); }) {
    timer_.start(patience);
  }

  void end(const Status& status) {
    timer_.stop();
    // Called, it may well destroy this.
    if (const auto answer = std::exchange(answer_, nullptr)) answer(status);
  }

 private:
  std::function<void(Status)> answer_;
  loop::Timer timer_;
};

}  // namespace charmux::discovery
