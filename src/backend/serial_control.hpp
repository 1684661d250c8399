// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/serial.h>

#include <optional>

#include "backend/port_control.hpp"
#include "backend/serial_break.hpp"
#include "loop/timer.hpp"

namespace charmux::backend {

/// The settings and lines of a serial port of this host (tty_ioctl(2)). What is answered is read back from the port;
/// how it is set ends with its channel, which owns this, descriptor and break. A pty that stands for a port has no
/// lines, and no break.
class SerialControl final : public PortControl {
 public:
  SerialControl(loop::Loop& loop, int fd, SerialBreak& line_break, bool has_wire, const SerialTimes& times);

  void ask(protocol::ComPortCommand command, std::uint32_t value, Answer answer) override;
  [[nodiscard]] std::uint8_t modem_state() const override;
  /// Looks now and then, and only while somebody listens: waiting for a change (TIOCMIWAIT) would take a thread.
  void listen(Ear ear) override;
  /// Whether CTS may hold up what is typed.
  [[nodiscard]] bool waits_for_cts() const { return waits_for_cts_; }

 private:
  void set(protocol::ComPortCommand command, std::uint32_t value);
  void control(protocol::ComPortControl value, const Answer& answer);
  void set_flow(protocol::ComPortControl value);
  void set_line(int line, bool on);
  [[nodiscard]] bool line(int line) const;
  void look_at_flow();
  void look();
  [[nodiscard]] std::uint8_t line_state_since_last();

  const int fd_;
  SerialBreak& break_;
  const bool has_wire_;
  const std::chrono::milliseconds every_;
  bool waits_for_cts_ = false;
  Ear ear_;
  std::uint8_t last_modem_ = 0;
  std::optional<serial_icounter_struct> last_counts_;
  loop::Timer timer_;
};

}  // namespace charmux::backend
