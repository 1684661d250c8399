// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "loop/timer.hpp"

namespace charmux::backend {

/// Something that waits to be read and that no descriptor tells of: what was decrypted or decoded already, the rest of
/// a datagram, the end of a program. It is told soon, and the loop turns in between: a timer of 0 ms that starts itself
/// anew would never let it go on (libuv 1.44, src/timer.c). Owned by the channel that it is about.
class Unpolled {
 public:
  /// `tell` may destroy the owner.
  Unpolled(loop::Loop& loop, std::function<void()> tell) : timer_(loop, std::move(tell)) {}

  /// From now on there is something of that kind, or not. What is not read when it was told is to be said again.
  void waits(bool something) {
    if (!something) return timer_.stop();
    if (!timer_.running()) timer_.start(kSoon);
  }

 private:
  static constexpr std::chrono::milliseconds kSoon{1};
  loop::Timer timer_;
};

}  // namespace charmux::backend
