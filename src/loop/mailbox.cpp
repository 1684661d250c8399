// SPDX-License-Identifier: Apache-2.0
#include "loop/mailbox.hpp"

#include <mutex>
#include <utility>
#include <vector>

#include "loop/block.hpp"

namespace charmux::loop {
namespace {

struct MailboxBlock : Block<MailboxBlock, uv_async_t, void()> {};

}  // namespace

struct Mailbox::Sender::State {
  std::mutex mutex;
  std::vector<std::function<void()>> tasks;  // with `mutex`
  MailboxBlock* block = nullptr;             // with `mutex`; null: the mailbox is gone
};

void Mailbox::Sender::post(std::function<void()> task) const {
  const std::lock_guard lock(state_->mutex);
  if (state_->block == nullptr) return;
  state_->tasks.push_back(std::move(task));
  uv_async_send(&state_->block->handle);
}

Mailbox::Mailbox(Loop& loop) : state_(std::make_shared<Sender::State>()) {
  auto* const block = new MailboxBlock;
  uv_async_init(loop.raw(), &block->handle, [](uv_async_t* handle) { MailboxBlock::from(handle)->call(); });
  block->attach([state = std::weak_ptr<Sender::State>(state_)] {
    const std::shared_ptr<Sender::State> here = state.lock();
    if (!here) return;
    std::vector<std::function<void()>> tasks;
    {
      const std::lock_guard lock(here->mutex);
      tasks.swap(here->tasks);
    }
    for (const auto& task : tasks) {
      {
        // One that was called may have destroyed the mailbox.
        const std::lock_guard lock(here->mutex);
        if (here->block == nullptr) return;
      }
      task();
    }
  });
  state_->block = block;
}

Mailbox::~Mailbox() {
  std::vector<std::function<void()>> dropped;  // destroyed behind the lock: what they own may post
  const std::lock_guard lock(state_->mutex);
  dropped.swap(state_->tasks);
  MailboxBlock::close(state_->block);
}

}  // namespace charmux::loop
