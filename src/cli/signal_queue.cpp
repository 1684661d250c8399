// SPDX-License-Identifier: Apache-2.0
#include "cli/signal_queue.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <array>

namespace charmux::cli {
namespace {

constexpr std::array<int, 7> kSignals = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT, SIGWINCH};

}  // namespace

SignalQueue::SignalQueue() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : kSignals) ::sigaddset(&set, signal);
  sigset_t blocked = set;
  ::sigaddset(&blocked, SIGPIPE);
  ::sigprocmask(SIG_BLOCK, &blocked, &before_);
  // A blocked signal is queued even when its action is to be ignored, so those are left out of what is read.
  for (const int signal : kSignals) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) ::sigdelset(&set, signal);
  }
  fd_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

SignalQueue::~SignalQueue() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

std::optional<int> SignalQueue::next() {
  signalfd_siginfo event{};
  if (::read(fd_.get(), &event, sizeof event) != static_cast<ssize_t>(sizeof event)) return std::nullopt;
  return static_cast<int>(event.ssi_signo);
}

void end_by(int signal) {
  ::signal(signal, SIG_DFL);
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, signal);
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
  ::raise(signal);
}

}  // namespace charmux::cli
