// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "charmux/base/result.hpp"

namespace charmux::hypervisor {

/// The threads that call libvirt. A call into it may take for ever and nobody can take it back, so no owner of a thread
/// waits for it: he tells it to end and leaves it. Owned by Libvirt; for the loop's thread.
class LibvirtThreads {
 public:
  /// One of them, as its owner has it. Destroying it leaves the thread alone, which has to have been told to end.
  class Thread {
   public:
    Thread() = default;
    Thread(Thread&&) noexcept = default;
    Thread& operator=(Thread&&) = delete;
    ~Thread();

   private:
    friend class LibvirtThreads;
    struct Entry;
    explicit Thread(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}
    std::shared_ptr<Entry> entry_;
  };

  LibvirtThreads();
  LibvirtThreads(const LibvirtThreads&) = delete;
  LibvirtThreads& operator=(const LibvirtThreads&) = delete;
  /// Those that have not ended go on until the process ends.
  ~LibvirtThreads();

  /// Begins a thread that gets no signals; `body` owns all it touches. Error: there is no room for a thread.
  [[nodiscard]] Result<Thread> start(std::function<void()> body);
  /// Waits for those that were left, at most that long; true when all of them have ended.
  [[nodiscard]] bool wait(std::chrono::milliseconds most);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace charmux::hypervisor
