// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace charmux::loop {

/// How long to wait before each further try: doubling from `first` to `most`, each shortened by up to a quarter at
/// random, so that a hundred consoles of one host do not all knock at once. A value; no clock.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most) : first_(first), most_(most), next_(first) {}

  /// `random` is any 32 random bits.
  [[nodiscard]] std::chrono::milliseconds next(std::uint32_t random) {
    const std::chrono::milliseconds wait = next_;
    next_ = std::min(next_ * 2, most_);
    return wait - wait * (random % 256) / 1024;
  }
  /// It worked: the next failure begins anew.
  void reset() { next_ = first_; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds most_;
  std::chrono::milliseconds next_;
};

}  // namespace charmux::loop
