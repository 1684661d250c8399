// SPDX-License-Identifier: Apache-2.0
#include "backend/serial_channel.hpp"

#include <sys/ioctl.h>

#include <utility>

#include "backend/modem_lines.hpp"

namespace charmux::backend {

SerialChannel::SerialChannel(loop::Loop& loop, SerialPort port, const address::Serial& at, const SerialTimes& times,
                             Maker& maker)
    : Descriptor(loop, std::move(port.fd)),
      path_(at.path),
      lock_(std::move(port.lock)),
      before_(port.before),
      has_wire_(port.has_wire),
      times_(times),
      maker_(maker),
      break_(loop, fd(), at.path, times, [this] { want(interest_); }),
      control_(loop, fd(), break_, has_wire_, times),
      cts_timer_(loop, [this] { look_at_cts(); }) {}

SerialChannel::~SerialChannel() {
  break_.abandon();
  restore_serial_port(fd(), before_, has_wire_);
  maker_.channel_closed();
}

void SerialChannel::want(unsigned interest) {
  interest_ = interest;
  Descriptor::want(break_.busy() ? interest & ~unsigned{loop::kWritable} : interest);
}

net::Io SerialChannel::read(BytesSpan room) {
  // A wire has no other side that closes: it is parted from when all is on its way.
  if (parting_ && all_sent(fd())) return {net::Io::Kind::end};
  return Descriptor::read(room);
}

net::Io SerialChannel::write(BytesView bytes) {
  // What is sent during a break nobody could read.
  if (break_.busy()) return {net::Io::Kind::again};
  if (control_.waits_for_cts() && !cts_timer_.running()) cts_timer_.start(times_.cts_look);
  return Descriptor::write(bytes);
}

bool SerialChannel::part() {
  parting_ = true;
  return !all_sent(fd());
}

std::string SerialChannel::why_ended(const net::Io&) const {
  return has_wire_ ? fmt::format("{}: unplugged", path_) : fmt::format("{}: its other side was closed", path_);
}

void SerialChannel::send_break(std::function<void(Status)> answer) {
  if (!has_wire_) return answer(failure("no break: {} is a pty, which has no wire to send one on", path_));
  break_.send(std::move(answer));
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
