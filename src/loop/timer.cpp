// SPDX-License-Identifier: Apache-2.0
#include "loop/timer.hpp"

#include "loop/block.hpp"

namespace charmux::loop {

struct TimerBlock : Block<TimerBlock, uv_timer_t, void()> {};

Timer::Timer(Loop& loop, std::function<void()> callback) : block_(new TimerBlock) {
  uv_timer_init(loop.raw(), &block_->handle);
  block_->attach(std::move(callback));
}

Timer::~Timer() { TimerBlock::close(block_); }

void Timer::start(std::chrono::milliseconds after) {
  uv_timer_start(
      &block_->handle, [](uv_timer_t* handle) { TimerBlock::from(handle)->call(); },
      static_cast<std::uint64_t>(after.count()), 0);
}

void Timer::stop() { uv_timer_stop(&block_->handle); }

bool Timer::running() const { return uv_is_active(reinterpret_cast<const uv_handle_t*>(&block_->handle)) != 0; }

}  // namespace charmux::loop
