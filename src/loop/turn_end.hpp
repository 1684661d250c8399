// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "loop/loop.hpp"

namespace charmux::loop {

struct CheckBlock;
struct IdleBlock;

/// The end of a loop turn: after everything that was ready has been handled, and only in a turn for which it was
/// requested. What must not happen inside an object's own stack (fan-out, destruction) happens here.
class TurnEnd {
 public:
  TurnEnd(Loop& loop, std::function<void()> callback);
  TurnEnd(const TurnEnd&) = delete;
  TurnEnd& operator=(const TurnEnd&) = delete;
  ~TurnEnd();

  /// Calls back at the end of this turn; asked from the callback itself, at the end of the next, which then does not
  /// wait for an event but only looks whether there is one.
  void request();

 private:
  CheckBlock* check_;
  IdleBlock* idle_;
  bool requested_ = false;
  std::function<void()> callback_;
};

}  // namespace charmux::loop
