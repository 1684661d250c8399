// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "charmux/base/log.hpp"
#include "console/console.hpp"
#include "daemon/journals.hpp"
#include "loop/timer.hpp"

namespace charmux::daemon {

/// Consoles that are to be no more: each is stopped, its viewers are given what there is and told why, its log and its
/// history go to the disk; then it is destroyed. Who has not left by kPatience is closed. For the loop's thread.
class Retired {
 public:
  static constexpr std::chrono::milliseconds kPatience{2000};

  Retired(loop::Loop& loop, Log& log, Journals& journals);

  /// `why`: what viewers are told ("vm is not configured any more").
  void add(std::unique_ptr<console::Console> console, const std::string& why);
  /// One of that name has still to be closed, and has the history of that name.
  [[nodiscard]] bool holds(const std::string& name) const;
  /// All of them are gone; then `emptied` has been called.
  [[nodiscard]] bool empty() const { return leaving_.empty(); }
  void when_empty(std::function<void()> callback) { emptied_ = std::move(callback); }

 private:
  struct Leaving {
    std::unique_ptr<console::Console> console;
    MonoTime deadline;
  };
  void look();
  [[nodiscard]] bool is_over(const Leaving& each);

  loop::Loop& loop_;
  Log& log_;
  Journals& journals_;
  std::function<void()> emptied_;
  std::vector<Leaving> leaving_;
  loop::Timer timer_;
};

}  // namespace charmux::daemon
