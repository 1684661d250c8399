// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "charmux/base/log.hpp"
#include "console/journal.hpp"

namespace charmux::daemon {

/// The logs of those consoles that have one. For the loop's thread.
class Journals {
 public:
  Journals(console::Scribes& scribes, Log& log) : scribes_(scribes), log_(log) {}

  /// The console is logged to that file from here on.
  void follow(console::Console& console, const console::JournalPaths& paths);
  /// The console is about to be destroyed.
  void drop(const console::Console& console) { journals_.erase(&console); }
  /// Each goes on in the file that its path leads to now.
  void reopen();
  [[nodiscard]] std::size_t count() const { return journals_.size(); }

  /// The same as below, of one.
  void stop(const console::Console& console);
  [[nodiscard]] bool stopped(const console::Console& console) const;

  /// The consoles have been stopped: what there is goes to the disk; stopped() when it is there, or cannot be.
  void stop();
  [[nodiscard]] bool stopped() const;
  /// The time for that is up.
  void give_up();

 private:
  console::Scribes& scribes_;
  Log& log_;
  std::map<const console::Console*, std::unique_ptr<console::Journal>> journals_;
};

}  // namespace charmux::daemon
