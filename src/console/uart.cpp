// SPDX-License-Identifier: Apache-2.0
#include "console/uart.hpp"

#include <algorithm>
#include <utility>

#include "backend/port_control.hpp"
#include "console/console.hpp"
#include "console/viewer.hpp"

namespace charmux::console {
namespace {

using Command = protocol::ComPortCommand;
using Control = protocol::ComPortControl;

constexpr std::uint8_t kLines = 0xF0;
constexpr std::uint32_t kPurgeReceived = 1;
constexpr std::uint32_t kPurgeTransmit = 2;
constexpr std::uint32_t kPurgeBoth = 3;

constexpr std::uint32_t number(Control control) { return static_cast<std::uint32_t>(control); }

}  // namespace

void Uart::ask(Viewer& viewer, Command command, std::uint32_t value, Answer answer) {
  if (command == Command::purge_data) return purge(viewer, value, std::move(answer));
  backend::PortControl* const port = console_.port();
  real_ = real_ || port != nullptr;
  const bool on = command == Command::set_control && value == number(Control::break_on);
  const bool off = command == Command::set_control && value == number(Control::break_off);
  const bool own_break = breaker_ == viewer.id();
  const std::uint32_t asks = question(command, value);
  if (value != asks && !(off && own_break) && !console_.may_act(viewer)) value = asks;
  if (on && value != asks) breaker_ = viewer.id();
  if (off && value != asks) breaker_ = 0;
  if (port != nullptr) return port->ask(command, value, pending(command, asks, std::move(answer)));
  if (real_) return answer(held_.set(command, asks));
  if (!on || value == asks) return answer(held_.set(command, value));
  if (own_break) return answer(value);
  break_on(viewer, std::move(answer));
}

/// What has come is everybody's and stays; but ser2net's users expect that nothing comes any more of what was there
/// before, so that what this client is behind is left out for it. A port is told to purge only what it is to send.
void Uart::purge(Viewer& viewer, std::uint32_t value, Answer answer) {
  if (value == kPurgeReceived || value == kPurgeBoth) viewer.skip_all();
  if (value != kPurgeTransmit && value != kPurgeBoth) return answer(value);
  console_.drop_typed(viewer, "it was purged (RFC 2217)");
  backend::PortControl* const port = console_.port();
  if (port == nullptr || !console_.may_act(viewer)) return answer(value);
  const auto done = pending(Command::purge_data, value, [value, answer = std::move(answer)](auto) { answer(value); });
  port->ask(Command::purge_data, kPurgeTransmit, done);
}

void Uart::leaves(Viewer& viewer) {
  if (breaker_ == viewer.id()) ask(viewer, Command::set_control, number(Control::break_off), [](auto) {});
}

/// A guest is not held in a break: it gets one, of the length that its hypervisor chooses.
void Uart::break_on(const Viewer& viewer, Answer answer) {
  held_.remember(Command::set_control, number(Control::break_on));
  const auto done = pending(Command::set_control, number(Control::ask_break), std::move(answer));
  console_.send_break(viewer.origin(), [this, done, alive = std::weak_ptr<const void>(alive_)](const Status& sent) {
    if (alive.expired()) return;
    if (!sent) breaker_ = 0;
    if (!sent) held_.remember(Command::set_control, number(Control::break_off));
    done(held_.set(Command::set_control, number(Control::ask_break)));
  });
}

Uart::Answer Uart::pending(Command command, std::uint32_t question, Answer answer) {
  asked_.push_back({++last_id_, command, question, std::move(answer)});
  return [this, id = last_id_, alive = std::weak_ptr<const void>(alive_)](std::uint32_t holds) {
    if (!alive.expired()) answered(id, holds);
  };
}

void Uart::answered(std::uint64_t id, std::uint32_t value) {
  const auto at = std::find_if(asked_.begin(), asked_.end(), [id](const Pending& each) { return each.id == id; });
  if (at == asked_.end()) return;
  const Pending asked = std::move(*at);
  asked_.erase(at);
  held_.remember(asked.command, value);
  asked.answer(value);
}

// --- what happens by itself ---

std::uint8_t Uart::modem_state() const {
  if (const backend::PortControl* const port = console_.port()) return port->modem_state() & kLines;
  const bool there = console_.is_open() && !real_;
  return there ? protocol::modem::kCd | protocol::modem::kDsr | protocol::modem::kCts : 0;
}

void Uart::listen(Ear& ear) {
  if (std::find(ears_.begin(), ears_.end(), &ear) != ears_.end()) return;
  ears_.push_back(&ear);
  if (ears_.size() == 1) hear_port();
}

void Uart::forget(Ear& ear) {
  if (std::erase(ears_, &ear) > 0 && ears_.empty()) hear_port();
}

void Uart::hear_port() {
  lines_ = modem_state();
  backend::PortControl* const port = console_.port();
  if (port == nullptr) return;
  backend::PortControl::Ear ear;
  // The port may outlive this by a moment, when the console is destroyed.
  const std::weak_ptr<const void> alive(alive_);
  if (!ears_.empty()) {
    ear.modem = [this, alive](std::uint8_t state) { return alive.expired() ? void() : tell_modem(state); };
    ear.line = [this, alive](std::uint8_t state) { return alive.expired() ? void() : tell_line(state); };
  }
  port->listen(std::move(ear));
}

void Uart::backend_is() {
  if (console_.port() != nullptr) real_ = true;
  if (!console_.is_open())
    // What was asked of a port that is gone is answered by nobody else.
    for (const Pending& asked : std::exchange(asked_, {})) asked.answer(held_.set(asked.command, asked.question));
  if (ears_.empty()) return;
  const std::uint8_t before = lines_;
  hear_port();
  if (lines_ != before) tell_modem(lines_);
}

void Uart::tell_modem(std::uint8_t modem_state) {
  lines_ = modem_state & kLines;
  for (Ear* ear : std::vector<Ear*>(ears_)) ear->modem_changed(modem_state);
}

void Uart::tell_line(std::uint8_t line_state) {
  for (Ear* ear : std::vector<Ear*>(ears_)) ear->line_said(line_state);
}

}  // namespace charmux::console
