// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>

#include "backend/backend.hpp"
#include "backend/backoff.hpp"
#include "charmux/base/log.hpp"
#include "charmux/base/unique_fd.hpp"
#include "loop/poll.hpp"
#include "loop/timer.hpp"

namespace charmux::backend {

/// How patient a backend is; the daemon's limits.
struct Patience {
  std::chrono::milliseconds connect_timeout;  ///< a connection that is not made by then counts as held by another.
  std::chrono::milliseconds reopen_first;     ///< the first wait before trying again,
  std::chrono::milliseconds reopen_most;      ///< and the longest.
};

/// The part that all kinds share: one descriptor that is watched, lost, and opened again. A kind says how to begin to
/// open and answers with opened() or failed(); whichever it is may come at once or later.
class Reopening : public Backend {
 public:
  void start(Sink& sink) final;
  [[nodiscard]] net::Io read(BytesSpan room) final;
  [[nodiscard]] net::Io write(BytesView bytes) final;
  [[nodiscard]] std::size_t leftover() const final { return leftover_; }
  void stop() final;
  [[nodiscard]] bool stopped() const final { return stopped_; }

 protected:
  Reopening(loop::Loop& loop, Patience patience);

  /// Begins to open. Called again after each loss or failure.
  virtual void begin() = 0;
  /// Forgets what begin() started, if it is not finished.
  virtual void abandon() {}
  /// True when all that was written has left this machine's queue, or there is none.
  [[nodiscard]] virtual bool drained(int) const { return true; }
  /// The last thing done to a descriptor before it is closed.
  virtual void before_close(int) const {}
  /// What the end of input means for this kind ("QEMU closed it").
  [[nodiscard]] virtual std::string why_ended(const net::Io& io) const = 0;

  void opened(UniqueFd fd, std::size_t leftover);
  void failed(State state, const std::string& reason);

  loop::Loop& loop_;
  const Patience patience_;

 private:
  void become(State state, const std::string& reason);
  void try_now();
  void ready(unsigned events);
  void watch();
  void lose();
  void close_fd();
  void finish_stop();

  Sink* sink_ = nullptr;
  State state_ = State::connecting;
  std::string reason_;
  Backoff backoff_;
  std::minstd_rand random_;
  UniqueFd fd_;
  loop::Poll poll_;
  loop::Timer again_;
  std::size_t leftover_ = 0;
  bool write_blocked_ = false;
  bool lost_ = false;
  bool stopping_ = false;
  bool stopped_ = false;
  MonoTime stop_deadline_{};
};

}  // namespace charmux::backend
