// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "charmux/base/units.hpp"
#include "loop/timer.hpp"

namespace charmux::backend {

/// Something that may happen often and is to be told seldom: at once, and then at most every 10 s, added up. Never from
/// inside count(). Owned by who tells; for the loop's thread.
class Seldom {
 public:
  Seldom(loop::Loop& loop, std::function<void(std::uint64_t count)> tell);

  void count(std::uint64_t more);

 private:
  void told();

  loop::Loop& loop_;
  const std::function<void(std::uint64_t)> tell_;
  loop::Timer timer_;
  std::uint64_t untold_ = 0;
  MonoTime next_{};
};

}  // namespace charmux::backend
