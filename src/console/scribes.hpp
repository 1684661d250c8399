// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "loop/work.hpp"

namespace charmux::console {

/// Those who write what may take long: calls that block, made on the thread pool, the first that is asked for first,
/// but one at a time for each folder, and never more than kAtOnce. There are some for the consoles' logs, and some for
/// the histories that have just begun, all in one folder: so disks that hang take three of the pool's four threads at
/// most, and one is left on which names are looked up and the registry is saved. For the loop's thread.
class Scribes {
 public:
  static constexpr std::size_t kAtOnce = 2;

  explicit Scribes(loop::Loop& loop) : loop_(loop) {}

 private:
  struct Call {
    std::string folder;
    std::function<void()> task;
    std::function<void()> done;
    bool begun = false;
    std::atomic<bool> wanted{true};
  };

 public:
  /// A call that was asked for. Destroying this forgets it: it is still made, and then nothing is called.
  class Order {
   public:
    Order() = default;
    Order(Order&&) noexcept = default;
    Order& operator=(Order&& other) noexcept;
    ~Order() { forget(); }
    /// A thread has it; before that it waits for another.
    [[nodiscard]] bool begun() const { return call_ && call_->begun; }

   private:
    friend class Scribes;
    explicit Order(std::shared_ptr<Call> call) : call_(std::move(call)) {}
    void forget();
    std::shared_ptr<Call> call_;
  };

  /// `task` runs on another thread and must own all it touches; `done` runs on the loop's.
  [[nodiscard]] Order give(std::string folder, std::function<void()> task, std::function<void()> done);

 private:
  void go_on();
  [[nodiscard]] std::shared_ptr<Call> next();

  struct Scribe {
    loop::Work work;
    std::shared_ptr<const Call> call;  ///< that it is busy with
  };
  loop::Loop& loop_;
  std::deque<std::shared_ptr<Call>> line_;
  std::array<Scribe, kAtOnce> scribes_;
};

}  // namespace charmux::console
