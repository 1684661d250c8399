// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>

#include <optional>

#include "charmux/base/unique_fd.hpp"

namespace charmux::cli {

/// The signals that end or touch an interactive program, as events of a poll(2) loop: HUP, INT, QUIT, TERM, TSTP, CONT,
/// WINCH. While this lives they are blocked, so nothing ever runs inside a handler; so is PIPE, which is no event: the
/// write fails, and what then becomes of the program becomes of it when this is gone. A signal that the parent has set
/// to be ignored (nohup) stays ignored. Owned by a command's loop; the program has one thread.
class SignalQueue {
 public:
  SignalQueue();
  ~SignalQueue();
  SignalQueue(const SignalQueue&) = delete;
  SignalQueue& operator=(const SignalQueue&) = delete;

  /// To be polled for POLLIN; -1 when the kernel gave none.
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// The next signal that has come.
  [[nodiscard]] std::optional<int> next();

 private:
  sigset_t before_{};
  UniqueFd fd_;
};

/// Ends the program by that signal, as if it had never been blocked, so that the shell sees what happened.
void end_by(int signal);

}  // namespace charmux::cli
