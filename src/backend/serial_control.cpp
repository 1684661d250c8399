// SPDX-License-Identifier: Apache-2.0
#include "backend/serial_control.hpp"

#include <sys/ioctl.h>
#include <termios.h>

#include <utility>

#include "backend/modem_lines.hpp"
#include "backend/port_speed.hpp"
#include "backend/port_values.hpp"
#include "backend/serial_settings.hpp"

namespace charmux::backend {
namespace {

using protocol::ComPortCommand;
using protocol::ComPortControl;

/// The bits of a modem state that say what has changed.
constexpr unsigned kChanges = 0x0F;

constexpr std::uint32_t number(ComPortControl value) { return static_cast<std::uint32_t>(value); }

std::optional<termios> settings_of(int fd) {
  termios settings{};
  if (::tcgetattr(fd, &settings) != 0) return std::nullopt;
  return settings;
}

std::optional<serial_icounter_struct> counts_of(int fd) {
  serial_icounter_struct counts{};
  if (::ioctl(fd, TIOCGICOUNT, &counts) != 0) return std::nullopt;
  return counts;
}

}  // namespace

SerialControl::SerialControl(loop::Loop& loop, int fd, SerialBreak& line_break, bool has_wire, const SerialTimes& times)
    : fd_(fd), break_(line_break), has_wire_(has_wire), every_(times.lines_look), timer_(loop, [this] { look(); }) {
  look_at_flow();
}

void SerialControl::ask(ComPortCommand command, std::uint32_t value, Answer answer) {
  switch (command) {
    case ComPortCommand::set_baudrate:
      set_port_speed(fd_, value, name_of_speed(value));
      return answer(port_speed(fd_).value_or(0));
    case ComPortCommand::set_datasize:
    case ComPortCommand::set_parity:
    case ComPortCommand::set_stopsize: {
      set(command, value);
      const auto settings = settings_of(fd_);
      return answer(settings ? value_in(*settings, command) : 0);
    }
    case ComPortCommand::set_control: return control(static_cast<ComPortControl>(value), answer);
    case ComPortCommand::purge_data:
      // What has come belongs to all who watch and to the history; nobody throws it away.
      if ((value & kPurgeTyped) != 0) ::tcflush(fd_, TCOFLUSH);
      return answer(value);
    default: return answer(value);
  }
}

void SerialControl::set(ComPortCommand command, std::uint32_t value) {
  auto settings = settings_of(fd_);
  if (settings && put(*settings, command, value)) static_cast<void>(::tcsetattr(fd_, TCSANOW, &*settings));
}

// --- SET-CONTROL ---

void SerialControl::control(ComPortControl value, const Answer& answer) {
  const auto told_break = [this, answer] {
    answer(number(break_.is_on() ? ComPortControl::break_on : ComPortControl::break_off));
  };
  switch (value) {
    case ComPortControl::break_on:
      if (has_wire_) return break_.hold([told_break](const Status&) { told_break(); });
      return told_break();
    case ComPortControl::break_off: break_.release(); return told_break();
    case ComPortControl::ask_break: return told_break();
    case ComPortControl::dtr_on:
    case ComPortControl::dtr_off: set_line(TIOCM_DTR, value == ComPortControl::dtr_on); [[fallthrough]];
    case ComPortControl::ask_dtr:
      return answer(number(line(TIOCM_DTR) ? ComPortControl::dtr_on : ComPortControl::dtr_off));
    case ComPortControl::rts_on:
    case ComPortControl::rts_off: set_line(TIOCM_RTS, value == ComPortControl::rts_on); [[fallthrough]];
    case ComPortControl::ask_rts:
      return answer(number(line(TIOCM_RTS) ? ComPortControl::rts_on : ComPortControl::rts_off));
    default: break;
  }
  set_flow(value);
  const termios settings = settings_of(fd_).value_or(termios{});
  const bool inward =
      value >= ComPortControl::ask_flow_in && value != ComPortControl::flow_dcd && value != ComPortControl::flow_dsr;
  answer(number(inward ? flow_in(settings) : flow_out(settings)));
}

void SerialControl::set_flow(ComPortControl value) {
  auto settings = settings_of(fd_);
  if (!settings || !put_flow(*settings, value)) return;
  static_cast<void>(::tcsetattr(fd_, TCSANOW, &*settings));
  look_at_flow();
}

void SerialControl::look_at_flow() {
  const auto settings = settings_of(fd_);
  waits_for_cts_ = settings && flow_out(*settings) == ComPortControl::flow_rtscts && modem_lines(fd_);
}

void SerialControl::set_line(int line, bool on) { static_cast<void>(::ioctl(fd_, on ? TIOCMBIS : TIOCMBIC, &line)); }

/// One that is not there counts as on.
bool SerialControl::line(int line) const {
  const auto lines = modem_lines(fd_);
  return !lines || (*lines & line) != 0;
}

// --- what is heard ---

std::uint8_t SerialControl::modem_state() const {
  const auto lines = modem_lines(fd_);
  return lines ? modem_state_of(*lines) : kUnknownModemState;
}

void SerialControl::listen(Ear ear) {
  ear_ = std::move(ear);
  timer_.stop();
  if (!ear_.modem && !ear_.line) return;
  last_modem_ = modem_state();
  last_counts_ = counts_of(fd_);
  if (last_counts_ || modem_lines(fd_)) timer_.start(every_);
}

void SerialControl::look() {
  timer_.start(every_);
  const std::uint8_t lines = modem_state();
  const std::uint8_t modem = with_changes(std::exchange(last_modem_, lines), lines);
  const std::uint8_t errors = line_state_since_last();
  // Who is told may destroy this; then nothing more is.
  const Ear ear = ear_;
  if ((modem & kChanges) != 0 && ear.modem) ear.modem(modem);
  if (errors != 0 && ear.line) ear.line(errors);
}

std::uint8_t SerialControl::line_state_since_last() {
  const auto now = counts_of(fd_);
  const auto before = std::exchange(last_counts_, now);
  if (!now || !before) return 0;
  unsigned state = now->brk != before->brk ? protocol::line::kBreak : 0U;
  if (now->frame != before->frame) state |= protocol::line::kFramingError;
  if (now->parity != before->parity) state |= protocol::line::kParityError;
  if (now->overrun != before->overrun || now->buf_overrun != before->buf_overrun) state |= protocol::line::kOverrun;
  return static_cast<std::uint8_t>(state);
}

}  // namespace charmux::backend
