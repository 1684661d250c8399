// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "charmux/base/log.hpp"
#include "charmux/base/units.hpp"
#include "charmux/config/config.hpp"
#include "console/append_file.hpp"
#include "console/scribes.hpp"
#include "console/viewer_origin.hpp"
#include "loop/timer.hpp"

namespace charmux::console {

/// Something that somebody did at a console.
struct Act {
  std::string_view console;  ///< empty: none
  std::string_view what;     ///< "attach", "pen", "break", ...: see docs/manual.md
  const ViewerOrigin& by;
  std::string_view detail{};  ///< what else belongs to it ("result"); empty: nothing
  std::string text{};         ///< and what that is: any bytes
};

/// The act as a line of JSON, with its line end. What is not UTF-8 in `text` is as utf8_of() writes it.
[[nodiscard]] std::string line_of(const Act& act, WallTime time);

/// The act as fields of a line of the log: CHARMUX_EVENT is what was done, then CHARMUX_CONSOLE, _USER, _FROM and _DOOR
/// where there are such, and its detail by its own name (CHARMUX_WHY).
[[nodiscard]] Log::Fields fields_of(const Act& act);
/// Of an act that the log has no line for: a line with these fields, at info; nothing where the log keeps no fields.
void log_act(Log& log, const Act& act);

/// The file that says who did what at which console, a line an act. Written by another thread, in order; reopen() goes
/// on in the file that is at the path then. What cannot be written waits, at most kMost bytes; acts beyond that are
/// counted, and the file says how many are missing when it can be written again. The log says once that it cannot, and
/// once that it can; it is tried again every `pause`. For the loop's thread.
class Audit {
 public:
  static constexpr std::size_t kMost = 1 * MiB;
  static constexpr std::chrono::milliseconds kPause{10'000};

  /// `settings` has a file.
  Audit(loop::Loop& loop, Log& log, Scribes& scribes, config::Audit settings, std::chrono::milliseconds pause = kPause);
  Audit(const Audit&) = delete;
  Audit& operator=(const Audit&) = delete;

  void note(const Act& act);
  /// Whether what is typed is to be noted too.
  [[nodiscard]] bool typed() const { return settings_.typed; }
  void reopen();

  /// The last act has been noted: what there is goes to the disk, and then stopped() holds.
  void stop();
  [[nodiscard]] bool stopped() const { return state_ == State::over; }
  /// The time for that is up: the log says how much is missing.
  void give_up();

 private:
  enum class State {
    idle,     ///< all is in the file.
    at_work,  ///< a task is under way.
    stuck,    ///< the disk did not take it; waits to try again.
    over,
  };
  struct Task;

  void work();
  void came_back(Task& task);
  void alarm();
  void complain(const FileTrouble& trouble);
  void tell_missing();

  Log& log_;
  Scribes& scribes_;
  const config::Audit settings_;
  const std::chrono::milliseconds pause_;
  State state_ = State::idle;
  bool stopping_ = false;
  bool outworn_ = false;       ///< the file that is open is to be left for the one at the path.
  UniqueFd file_;              ///< while no task has it.
  Bytes text_;                 ///< not given to a task yet, or given back by one.
  std::size_t under_way_ = 0;  ///< bytes that a task has.
  std::uint64_t missing_ = 0;  ///< acts for which there was no room.
  std::string trouble_;        ///< why nothing can be written; empty: it can.
  Scribes::Order order_;
  loop::Timer alarm_;  ///< at work: it takes too long; stuck: to try again.
};

}  // namespace charmux::console
