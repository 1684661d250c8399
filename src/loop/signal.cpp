// SPDX-License-Identifier: Apache-2.0
#include "loop/signal.hpp"

#include "loop/block.hpp"

namespace charmux::loop {

struct SignalBlock : Block<SignalBlock, uv_signal_t, void()> {};

Signal::Signal(Loop& loop, int number, std::function<void()> callback) : block_(new SignalBlock) {
  uv_signal_init(loop.raw(), &block_->handle);
  block_->attach(std::move(callback));
  uv_signal_start(
      &block_->handle, [](uv_signal_t* handle, int) { SignalBlock::from(handle)->call(); }, number);
  uv_unref(reinterpret_cast<uv_handle_t*>(&block_->handle));
}

Signal::~Signal() { SignalBlock::close(block_); }

}  // namespace charmux::loop
