// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "loop/loop.hpp"

namespace charmux::loop {

struct SignalBlock;

/// Calls back on the loop for each delivery of one signal, instead of its default action. Does not keep the loop
/// running.
class Signal {
 public:
  Signal(Loop& loop, int number, std::function<void()> callback);
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  ~Signal();

 private:
  SignalBlock* block_;
};

}  // namespace charmux::loop
