// SPDX-License-Identifier: Apache-2.0
#include "loop/turn_end.hpp"

#include "loop/block.hpp"

namespace charmux::loop {

struct CheckBlock : Block<CheckBlock, uv_check_t, void()> {};
struct IdleBlock : Block<IdleBlock, uv_idle_t, void()> {};

TurnEnd::TurnEnd(Loop& loop, std::function<void()> callback)
    : check_(new CheckBlock), idle_(new IdleBlock), callback_(std::move(callback)) {
  uv_check_init(loop.raw(), &check_->handle);
  check_->attach([this] {
    if (!requested_) return;
    requested_ = false;
    callback_();
    // An active idle handle is what keeps the next poll from waiting.
    if (!requested_) uv_idle_stop(&idle_->handle);
  });
  uv_check_start(&check_->handle, [](uv_check_t* handle) { CheckBlock::from(handle)->call(); });
  uv_unref(reinterpret_cast<uv_handle_t*>(&check_->handle));
  uv_idle_init(loop.raw(), &idle_->handle);
  idle_->attach([] {});
}

TurnEnd::~TurnEnd() {
  CheckBlock::close(check_);
  IdleBlock::close(idle_);
}

void TurnEnd::request() {
  if (requested_) return;
  requested_ = true;
  uv_idle_start(&idle_->handle, [](uv_idle_t*) {});
}

}  // namespace charmux::loop
