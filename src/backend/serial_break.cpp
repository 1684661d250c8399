// SPDX-License-Identifier: Apache-2.0
#include "backend/serial_break.hpp"

#include <sys/ioctl.h>

#include <cerrno>
#include <utility>

#include "backend/serial_port.hpp"

namespace charmux::backend {
namespace {

/// How often it is looked whether all before a break has been sent: a byte takes 0.1 ms at 115200 baud, 1 ms at 9600.
constexpr std::chrono::milliseconds kDrainLook{5};

/// The last thing that is done: one of them may destroy whose they were.
void tell(const std::vector<SerialBreak::Answer>& whom, const Status& status) {
  for (const SerialBreak::Answer& each : whom) each(status);
}

}  // namespace

SerialBreak::SerialBreak(loop::Loop& loop, int fd, std::string path, const SerialTimes& times,
                         std::function<void()> changed)
    : loop_(loop), fd_(fd), path_(std::move(path)), times_(times), changed_(std::move(changed)), timer_(loop, [this] {
        phase_ == Phase::on ? end() : look();
      }) {}

void SerialBreak::send(Answer answer) {
  if (phase_ == Phase::on && held_) return answer({});
  senders_.push_back(std::move(answer));
  begin();
}

void SerialBreak::hold(Answer answer) {
  held_ = true;
  if (phase_ == Phase::on) return answer({});
  holders_.push_back(std::move(answer));
  begin();
}

void SerialBreak::begin() {
  if (phase_ != Phase::none) return;
  phase_ = Phase::draining;
  deadline_ = loop_.now() + times_.break_patience;
  changed_();
  look();
}

void SerialBreak::look() {
  if (!all_sent(fd_)) {
    if (loop_.now() < deadline_) return timer_.start(kDrainLook);
    return fail(failure("no break: {} has not sent what was typed before it: its other side may hold it up", path_));
  }
  if (::ioctl(fd_, TIOCSBRK) != 0) return fail(failure("no break: {}: {}", path_, errno_text(errno)));
  phase_ = Phase::on;
  if (!senders_.empty()) timer_.start(times_.break_length);
  tell(std::exchange(holders_, {}), {});
}

void SerialBreak::release() {
  held_ = false;
  // One that is asked for as well lasts as long as it is to.
  if (!senders_.empty() || phase_ == Phase::none) return;
  if (phase_ == Phase::on) return end();
  fail(failure("no break: {}: it was ended before it began", path_));
}

/// Of one of the usual length the time is over; one that is held goes on.
void SerialBreak::end() {
  const std::vector<Answer> senders = std::exchange(senders_, {});
  Status status;
  if (!held_) {
    if (::ioctl(fd_, TIOCCBRK) != 0) status = failure("no break: {}: {}", path_, errno_text(errno));
    phase_ = Phase::none;
    changed_();
  }
  tell(senders, status);
}

void SerialBreak::fail(const Status& why) {
  phase_ = Phase::none;
  held_ = false;
  timer_.stop();
  std::vector<Answer> all = std::exchange(senders_, {});
  for (Answer& each : std::exchange(holders_, {})) all.push_back(std::move(each));
  changed_();
  tell(all, why);
}

void SerialBreak::abandon() {
  if (phase_ == Phase::on) ::ioctl(fd_, TIOCCBRK);
  phase_ = Phase::none;
  timer_.stop();
}

}  // namespace charmux::backend
