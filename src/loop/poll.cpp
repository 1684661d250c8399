// SPDX-License-Identifier: Apache-2.0
#include "loop/poll.hpp"

#include "loop/block.hpp"

namespace charmux::loop {

struct PollBlock : Block<PollBlock, uv_poll_t, void(unsigned)> {
  unsigned interest = 0;
};

static_assert(unsigned{kReadable} == unsigned{UV_READABLE} && unsigned{kWritable} == unsigned{UV_WRITABLE} &&
              unsigned{kHangup} == unsigned{UV_DISCONNECT} && unsigned{kPriority} == unsigned{UV_PRIORITIZED});

Result<Poll> Poll::watch(Loop& loop, int fd, Callback callback) {
  auto* block = new PollBlock;
  if (const int error = uv_poll_init(loop.raw(), &block->handle, fd); error != 0) {
    delete block;
    return failure("descriptor {} cannot be watched: {}", fd, uv_strerror(error));
  }
  block->attach(std::move(callback));
  return Poll(block);
}

Poll::Poll(Poll&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}

Poll& Poll::operator=(Poll&& other) noexcept {
  if (this != &other) {
    PollBlock::close(block_);
    block_ = std::exchange(other.block_, nullptr);
  }
  return *this;
}

Poll::~Poll() { PollBlock::close(block_); }

void Poll::want(unsigned interest) {
  if (block_ == nullptr || block_->interest == interest) return;
  block_->interest = interest;
  if (interest == 0) {
    uv_poll_stop(&block_->handle);
    return;
  }
  uv_poll_start(&block_->handle, static_cast<int>(interest), [](uv_poll_t* handle, int status, int events) {
    PollBlock* owner = PollBlock::from(handle);
    // libuv reports any EPOLLERR as UV_EBADF and has stopped the handle by then (1.44, src/unix/poll.c).
    if (status < 0) owner->interest = 0;
    owner->call(status < 0 ? unsigned{kFailed} : static_cast<unsigned>(events));
  });
}

}  // namespace charmux::loop
