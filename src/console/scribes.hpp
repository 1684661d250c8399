// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>

#include "loop/work.hpp"

namespace charmux::console {

/// Those who write the consoles' logs: calls that block, made on the thread pool, the first that is asked for first,
/// and never more than kAtOnce at a time. So a disk that hangs can take these threads, but not all of the pool's, on
/// which names are looked up and the registry is saved. One a loop; for the loop's thread.
class Scribes {
 public:
  static constexpr std::size_t kAtOnce = 2;

  explicit Scribes(loop::Loop& loop) : loop_(loop) {}

 private:
  struct Call {
    std::function<void()> task;
    std::function<void()> done;
    bool wanted = true;
  };

 public:
  /// A call that was asked for. Destroying this forgets it: it is still made, and then nothing is called.
  class Order {
   public:
    Order() = default;
    Order(Order&&) noexcept = default;
    Order& operator=(Order&& other) noexcept;
    ~Order() { forget(); }

   private:
    friend class Scribes;
    explicit Order(std::shared_ptr<Call> call) : call_(std::move(call)) {}
    void forget();
    std::shared_ptr<Call> call_;
  };

  /// `task` runs on another thread and must own all it touches; `done` runs on the loop's.
  [[nodiscard]] Order give(std::function<void()> task, std::function<void()> done);

 private:
  void go_on();

  struct Scribe {
    loop::Work work;
    bool busy = false;
  };
  loop::Loop& loop_;
  std::deque<std::shared_ptr<Call>> line_;
  std::array<Scribe, kAtOnce> scribes_;
};

}  // namespace charmux::console
