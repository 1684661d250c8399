// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "backend/serial_times.hpp"
#include "charmux/base/result.hpp"
#include "charmux/base/units.hpp"
#include "loop/timer.hpp"

namespace charmux::backend {

/// A serial port's break: of the usual length, or held until it is released. It begins when all that was typed before
/// it has been sent; TIOCSBRK would wait for that in the kernel, so that is looked at, and nothing here waits. Owned by
/// the port's channel.
class SerialBreak {
 public:
  using Answer = std::function<void(Status)>;
  /// `changed` is told when busy() is another one; it may not destroy this. The descriptor is the owner's.
  SerialBreak(loop::Loop& loop, int fd, std::string path, const SerialTimes& times, std::function<void()> changed);

  /// Sends one; during another it is that one. `answer` may destroy this.
  void send(Answer answer);
  /// Begins one that lasts until release(); `answer` is given when it has begun, or has not.
  void hold(Answer answer);
  void release();
  /// Ends it at once, whoever waits for it. Nobody is answered any more.
  void abandon();

  /// One is on, or about to be: what were sent now nobody could read.
  [[nodiscard]] bool busy() const { return phase_ != Phase::none; }
  [[nodiscard]] bool is_on() const { return phase_ == Phase::on; }

 private:
  enum class Phase { none, draining, on };

  void begin();
  void look();
  void end();
  void fail(const Status& why);

  loop::Loop& loop_;
  const int fd_;
  const std::string path_;
  const SerialTimes times_;
  const std::function<void()> changed_;
  Phase phase_ = Phase::none;
  bool held_ = false;
  MonoTime deadline_{};
  std::vector<Answer> senders_;
  std::vector<Answer> holders_;
  loop::Timer timer_;  ///< the next look at what is unsent, or the end of one of the usual length.
};

}  // namespace charmux::backend
