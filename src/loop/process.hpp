// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "charmux/base/result.hpp"
#include "charmux/base/unique_fd.hpp"
#include "loop/loop.hpp"
#include "loop/poll.hpp"

namespace charmux::loop {

/// A program that runs as leader of a session of its own, on a terminal. For the loop's thread; its end is told by a
/// pidfd (pidfd_open(2)), so no SIGCHLD is needed, and other children are nobody's concern.
///
/// Once it has ended it stays a zombie until finish(): until then its process and session ids are nobody else's.
class Process {
 public:
  struct Plan {
    std::vector<std::string> words;        ///< the program, looked for in our PATH when without a slash; its arguments.
    std::vector<std::string> environment;  ///< "NAME=VALUE"
    std::string terminal;  ///< the path of a tty: its controlling terminal and its standard input, output and error.
  };
  /// All signals are at their defaults in it, and no other descriptor of ours is open. Error: as execve(2) says, in
  /// `number`; nothing runs then.
  [[nodiscard]] static Result<std::unique_ptr<Process>> start(Loop& loop, const Plan& plan);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  /// Finishes it. Where it takes its time even to be killed, init reaps it once we are gone.
  ~Process();

  /// `ended` is called once, unless finish() comes first.
  void when_ended(std::function<void()> ended) { ended_ = std::move(ended); }
  [[nodiscard]] bool has_ended() const { return end_.has_value(); }
  /// "ended with status 3", "was killed by signal 9 (Killed)"; for one that has ended.
  [[nodiscard]] const std::string& how_it_ended() const { return *end_; }
  /// Sends the signal to all processes of its session.
  void signal(int number);
  /// Kills whatever is left of its session; reaps it at once, or as soon as it has ended. Nothing is told any more.
  void finish();
  /// It was reaped: nothing is left of it.
  [[nodiscard]] bool reaped() const { return reaped_; }

 private:
  explicit Process(pid_t pid) : pid_(pid) {}
  [[nodiscard]] Status watch(Loop& loop);
  /// Whether it has ended by now; keeps how.
  bool look();
  void reap();

  const pid_t pid_;
  UniqueFd pidfd_;
  Poll poll_;
  std::function<void()> ended_;
  std::optional<std::string> end_;
  bool finishing_ = false;
  bool reaped_ = false;
};

}  // namespace charmux::loop
