// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/libvirt_threads.hpp"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace charmux::hypervisor {

struct LibvirtThreads::Thread::Entry {
  std::shared_ptr<Shared> shared;  // of which `thread`, `ended` and `left` need the mutex
  std::thread thread;
  bool ended = false;
  bool left = false;
};

struct LibvirtThreads::Shared {
  std::mutex mutex;
  std::condition_variable one_ended;
  std::vector<std::shared_ptr<Thread::Entry>> entries;

  /// Joins those that have ended, with the mutex; a thread that says so does nothing after it.
  void reap() {
    std::erase_if(entries, [](const std::shared_ptr<Thread::Entry>& entry) {
      if (!entry->ended) return false;
      entry->thread.join();
      return true;
    });
  }
  [[nodiscard]] bool is_any_left() const {
    return std::any_of(entries.begin(), entries.end(), [](const auto& entry) { return entry->left && !entry->ended; });
  }
};

namespace {

/// While it lives, threads that begin get no signals: those are for the loop's thread.
struct AllSignalsBlocked {
  AllSignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
  }
  ~AllSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before, nullptr); }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;
  sigset_t before{};
};

}  // namespace

LibvirtThreads::Thread::~Thread() {
  if (!entry_) return;
  const std::shared_ptr<Shared> shared = entry_->shared;
  const std::lock_guard lock(shared->mutex);
  entry_->left = true;
}

LibvirtThreads::LibvirtThreads() : shared_(std::make_shared<Shared>()) {}

LibvirtThreads::~LibvirtThreads() {
  const std::lock_guard lock(shared_->mutex);
  shared_->reap();
  for (const auto& entry : shared_->entries) entry->thread.detach();
  shared_->entries.clear();
}

Result<LibvirtThreads::Thread> LibvirtThreads::start(std::function<void()> body) {
  const auto entry = std::make_shared<Thread::Entry>();
  entry->shared = shared_;
  const std::lock_guard lock(shared_->mutex);
  shared_->reap();
  const AllSignalsBlocked blocked;
  try {
    entry->thread = std::thread([entry, body = std::move(body)]() mutable {
      body();
      body = nullptr;
      const std::shared_ptr<Shared> shared = entry->shared;
      const std::lock_guard ending(shared->mutex);
      entry->ended = true;
      shared->one_ended.notify_all();
    });
  } catch (const std::system_error& error) {
    return failure("no thread can be started: {}", errno_text(error.code().value()));
  }
  shared_->entries.push_back(entry);
  return Thread(entry);
}

bool LibvirtThreads::wait(std::chrono::milliseconds most) {
  std::unique_lock lock(shared_->mutex);
  const bool all = shared_->one_ended.wait_for(lock, most, [this] { return !shared_->is_any_left(); });
  shared_->reap();
  return all;
}

}  // namespace charmux::hypervisor
