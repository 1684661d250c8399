// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "charmux/base/log.hpp"
#include "console/console.hpp"
#include "console/journal_file.hpp"
#include "console/scribes.hpp"
#include "console/viewer.hpp"
#include "loop/timer.hpp"

namespace charmux::console {

/// A console's log: its output, appended to a file by a viewer that no list names. It begins where an earlier one of
/// that log stopped, else at the newest byte. What the ring lost before the disk took it is told in the file, as it is
/// to any viewer, and so are the marks of the history. Opens, writes and closes on other threads only. When the disk
/// does not take it, the log says why, once, and it is tried again every `pause` and at reopen(); the console says so
/// as long as that lasts. Dies before its console. For the loop's thread.
class Journal final : private Wire {
 public:
  static constexpr std::chrono::milliseconds kPause{10'000};
  /// What comes within this time is written at once: to hand it to another thread costs more than many a write.
  static constexpr std::chrono::milliseconds kGather{10};

  Journal(Console& console, JournalPaths paths, Scribes& scribes, Log& log, std::chrono::milliseconds pause = kPause);
  ~Journal() override;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Goes on in the file that is at the path now, made when there is none: somebody may have moved the one before.
  void reopen();
  /// Goes on in the file at that path.
  void move_to(JournalPaths paths);
  /// Behind Console::stop(): what there is goes to the disk, and then stopped() holds; also when the disk is in
  /// trouble.
  void stop();
  [[nodiscard]] bool stopped() const { return state_ == State::over; }
  /// The time for that is up: the log says what is missing.
  void give_up();

 private:
  enum class State {
    idle,     ///< all that was taken is in the file, or being gathered.
    at_work,  ///< a task is under way.
    stuck,    ///< the disk did not take it; waits to try again.
    over,
  };

  // Wire
  Sent send(BytesView bytes, std::uint64_t offset) override;
  void tell(std::string_view notice, bool off_line_start) override;
  bool flush() override;
  void input_may_go_on() override {}
  void finished() override;
  void expire(const std::string& reason) override;

  void begin(std::optional<std::uint64_t> where);
  void work(bool last);
  void came_back(JournalTask& task);
  void alarm();
  void complain(const std::string& path, const FileTrouble& trouble);
  void recovered();

  Console& console_;
  const std::uint64_t head_;  ///< of the console, when this was made.
  JournalPaths paths_;
  Scribes& scribes_;
  Log& log_;
  const std::chrono::milliseconds pause_;
  State state_ = State::idle;
  bool stopping_ = false;
  bool outworn_ = false;       ///< the file that is open is to be left for the one at the path.
  UniqueFd file_;              ///< while no task has it.
  Bytes text_;                 ///< not in the file yet: output, and charmux's own behind it; while no task has it.
  std::size_t own_ = 0;        ///< so much of it is charmux's own.
  std::size_t under_way_ = 0;  ///< bytes of output that were taken and are not in the file yet, as far as is known.
  std::uint64_t logged_;       ///< the offset behind the output that was taken for the file.
  std::string trouble_;        ///< why nothing more can be written; empty: it can.
  Scribes::Order order_;
  loop::Timer alarm_;             ///< while idle: enough gathered; at work: it takes too long; stuck: to try again.
  std::optional<Viewer> viewer_;  ///< none: it is not known yet where it begins.
};

}  // namespace charmux::console
