// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "loop/loop.hpp"

namespace charmux::loop {

/// A blocking call made on libuv's thread pool. Destroying this forgets the call: it still ends on its thread, and then
/// nothing is called. `task` runs on the other thread and must own all it touches; `done` runs on the loop's.
class Work {
 public:
  Work() = default;
  Work(Loop& loop, std::function<void()> task, std::function<void()> done);
  Work(Work&&) noexcept = default;
  Work& operator=(Work&& other) noexcept;
  ~Work();

 private:
  struct Request;
  std::shared_ptr<bool> wanted_;
};

}  // namespace charmux::loop
