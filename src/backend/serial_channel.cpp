// SPDX-License-Identifier: Apache-2.0
#include "backend/serial_channel.hpp"

#include <sys/ioctl.h>

#include <cerrno>
#include <utility>

#include "backend/modem_lines.hpp"

namespace charmux::backend {
namespace {

/// How often it is looked whether all before a break has been sent: a byte takes 0.1 ms at 115200 baud, 1 ms at 9600.
constexpr std::chrono::milliseconds kDrainLook{5};

}  // namespace

SerialChannel::SerialChannel(loop::Loop& loop, SerialPort port, const address::Serial& at, const SerialTimes& times,
                             Maker& maker)
    : Descriptor(loop, std::move(port.fd)),
      path_(at.path),
      lock_(std::move(port.lock)),
      before_(port.before),
      has_wire_(port.has_wire),
      by_rtscts_(at.flow == address::FlowControl::rtscts && modem_lines(fd())),
      times_(times),
      maker_(maker),
      break_timer_(loop, [this] { go_on_with_break(); }),
      cts_timer_(loop, [this] { look_at_cts(); }) {}

SerialChannel::~SerialChannel() {
  if (break_ == Break::sending) ::ioctl(fd(), TIOCCBRK);
  restore_serial_port(fd(), before_, has_wire_);
  maker_.channel_closed();
}

void SerialChannel::want(unsigned interest) {
  interest_ = interest;
  Descriptor::want(break_ == Break::none ? interest : interest & ~unsigned{loop::kWritable});
}

net::Io SerialChannel::read(BytesSpan room) {
  // A wire has no other side that closes: it is parted from when all is on its way.
  if (parting_ && all_sent(fd())) return {net::Io::Kind::end};
  return Descriptor::read(room);
}

net::Io SerialChannel::write(BytesView bytes) {
  // What is sent during a break nobody could read.
  if (break_ != Break::none) return {net::Io::Kind::again};
  if (by_rtscts_ && !cts_timer_.running()) cts_timer_.start(times_.cts_look);
  return Descriptor::write(bytes);
}

bool SerialChannel::part() {
  parting_ = true;
  return !all_sent(fd());
}

std::string SerialChannel::why_ended(const net::Io&) const {
  return has_wire_ ? fmt::format("{}: unplugged", path_) : fmt::format("{}: its other side was closed", path_);
}

// --- a break ---

void SerialChannel::send_break(std::function<void(Status)> answer) {
  if (!has_wire_) return answer(failure("no break: {} is a pty, which has no wire to send one on", path_));
  break_answers_.push_back(std::move(answer));
  if (break_ != Break::none) return;
  break_ = Break::draining;
  break_deadline_ = loop().now() + times_.break_patience;
  want(interest_);
  go_on_with_break();
}

void SerialChannel::go_on_with_break() {
  if (break_ == Break::sending)
    return end_break(::ioctl(fd(), TIOCCBRK) == 0 ? Status{} : failure("no break: {}: {}", path_, errno_text(errno)));
  if (!all_sent(fd())) {
    if (loop().now() < break_deadline_) return break_timer_.start(kDrainLook);
    return end_break(
        failure("no break: {} has not sent what was typed before it: its other side may hold it up", path_));
  }
  if (::ioctl(fd(), TIOCSBRK) != 0) return end_break(failure("no break: {}: {}", path_, errno_text(errno)));
  break_ = Break::sending;
  break_timer_.start(times_.break_length);
}

void SerialChannel::end_break(const Status& status) {
  break_ = Break::none;
  want(interest_);
  // One of them may destroy this.
  for (const auto& answer : std::exchange(break_answers_, {})) answer(status);
}

// --- flow control ---

void SerialChannel::look_at_cts() {
  int waiting = 0;
  if (::ioctl(fd(), TIOCOUTQ, &waiting) != 0 || waiting == 0) {
    cts_off_ = 0;
    return;
  }
  cts_timer_.start(times_.cts_look);
  const auto lines = modem_lines(fd());
  cts_off_ = lines && (*lines & TIOCM_CTS) == 0 ? cts_off_ + 1 : 0;
  if (cts_off_ < times_.cts_looks || loop().now() < next_cts_remark_) return;
  next_cts_remark_ = loop().now() + times_.cts_pause;
  maker_.channel_remarks(fmt::format("{}: CTS is off: what is typed waits", path_));
}

}  // namespace charmux::backend
