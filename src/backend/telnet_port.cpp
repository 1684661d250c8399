// SPDX-License-Identifier: Apache-2.0
#include "backend/telnet_port.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "backend/port_values.hpp"

namespace charmux::backend {
namespace {

using protocol::ComPortCommand;
using protocol::ComPortControl;

constexpr std::uint32_t number(ComPortControl value) { return static_cast<std::uint32_t>(value); }

/// What of a line's state is of interest (SET-LINESTATE-MASK); the others are of each byte that comes and goes.
constexpr std::uint8_t kLineState =
    protocol::line::kBreak | protocol::line::kFramingError | protocol::line::kParityError | protocol::line::kOverrun;
constexpr std::uint8_t kModemState = 0xFF;
constexpr unsigned kChanges = 0x0F;

/// As servers begin mostly; true as soon as one has said otherwise.
constexpr std::pair<ComPortCommand, std::uint32_t> kUsual[] = {
    {ComPortCommand::set_baudrate, 9600},
    {ComPortCommand::set_datasize, 8},
    {ComPortCommand::set_parity, 1},
    {ComPortCommand::set_stopsize, 1},
    {ComPortCommand::set_control, number(ComPortControl::flow_none)},
    {ComPortCommand::set_control, number(ComPortControl::break_off)},
    {ComPortCommand::set_control, number(ComPortControl::dtr_on)},
    {ComPortCommand::set_control, number(ComPortControl::rts_on)},
    {ComPortCommand::set_control, number(ComPortControl::flow_in_none)},
};

}  // namespace

TelnetPort::TelnetPort(loop::Loop& loop, Wire& wire, const address::RemotePort& settings, const TelnetPortTimes& times)
    : loop_(loop),
      wire_(wire),
      settings_(settings),
      times_(times),
      patience_(loop, [this] { give_up(); }),
      break_(loop, [this] { end_break(); }) {
  for (const auto& [command, value] : kUsual) known_[subject(command, value)] = value;
}

TelnetPort::Subject TelnetPort::subject(ComPortCommand command, std::uint32_t value) {
  if (command != ComPortCommand::set_control) return {command, 0};
  const auto control = static_cast<ComPortControl>(value);
  if (control == ComPortControl::flow_dcd || control == ComPortControl::flow_dsr) return {command, 0};
  for (const ComPortControl question :
       {ComPortControl::ask_flow_in, ComPortControl::ask_rts, ComPortControl::ask_dtr, ComPortControl::ask_break})
    if (value >= number(question)) return {command, number(question)};
  return {command, 0};
}

// --- what the address says ---

void TelnetPort::begin() {
  if (settings_.speed) wish(ComPortCommand::set_baudrate, *settings_.speed, fmt::format("{} baud", *settings_.speed));
  if (settings_.framing) {
    const address::Framing& framing = *settings_.framing;
    const std::string words = address::to_text(framing);
    wish(ComPortCommand::set_datasize, framing.data_bits, words);
    wish(ComPortCommand::set_parity, value_of(framing.parity), words);
    wish(ComPortCommand::set_stopsize, framing.stop_bits, words);
  }
  if (settings_.flow)
    wish(ComPortCommand::set_control, value_of(*settings_.flow),
         address::to_text(address::RemotePort{std::nullopt, std::nullopt, settings_.flow}));
}

void TelnetPort::wish(ComPortCommand command, std::uint32_t value, const std::string& words) {
  ask(command, value, [this, value, words](std::uint32_t holds) {
    if (holds != value)
      wire_.port_remarks(fmt::format("its port does not take {}; give what its hardware can do", words));
  });
}

// --- commands and their answers ---

void TelnetPort::ask(ComPortCommand command, std::uint32_t value, Answer answer) {
  // What has come belongs to all who watch and to the history; nobody throws it away.
  if (command == ComPortCommand::purge_data) {
    if ((value & kPurgeTyped) == 0) return answer(value);
    value = kPurgeTyped;
  }
  const auto same = [command](const Request& each) { return each.command == command; };
  const bool waits = std::any_of(requests_.begin(), requests_.end(), same);
  requests_.push_back({command, value, std::move(answer), loop_.now() + times_.patience});
  wait();
  if (!waits) wire_.send({command, value});
}

void TelnetPort::heard(const protocol::ComPortMessage& message) {
  switch (message.command) {
    case ComPortCommand::set_baudrate:
    case ComPortCommand::set_datasize:
    case ComPortCommand::set_parity:
    case ComPortCommand::set_stopsize:
    case ComPortCommand::set_control:
    case ComPortCommand::purge_data: return answered(message.command, message.value);
    case ComPortCommand::notify_modemstate: return modem(static_cast<std::uint8_t>(message.value));
    case ComPortCommand::notify_linestate: {
      const unsigned state = message.value & kLineState;
      if (state != 0 && ear_.line) Ear(ear_).line(static_cast<std::uint8_t>(state));
      return;
    }
    case ComPortCommand::flowcontrol_suspend: return suspend(true);
    case ComPortCommand::flowcontrol_resume: return suspend(false);
    default: return;
  }
}

void TelnetPort::answered(ComPortCommand command, std::uint32_t value) {
  const auto same = [command](const Request& each) { return each.command == command; };
  const auto asked = std::find_if(requests_.begin(), requests_.end(), same);
  const Subject about = subject(command, value);
  const bool is_answer = asked != requests_.end() && subject(command, asked->value) == about;
  // ser2net 4.3 answers the end of a break with what was before it.
  if (is_answer && asked->value == number(ComPortControl::break_off) && command == ComPortCommand::set_control)
    value = asked->value;
  known_[about] = value;
  if (!is_answer) return;
  const Answer answer = std::move(asked->answer);
  requests_.erase(asked);
  next(command);
  wait();
  answer(value);
}

/// The next one of that command is on its way.
void TelnetPort::next(ComPortCommand command) {
  const auto same = [command](const Request& each) { return each.command == command; };
  const auto next = std::find_if(requests_.begin(), requests_.end(), same);
  if (next != requests_.end()) wire_.send({command, next->value});
}

void TelnetPort::wait() {
  if (requests_.empty()) return patience_.stop();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(requests_.front().deadline - loop_.now());
  patience_.start(std::max(left, std::chrono::milliseconds(0)) + std::chrono::milliseconds(1));
}

void TelnetPort::give_up() {
  const Request late = std::move(requests_.front());
  requests_.pop_front();
  next(late.command);
  wait();
  const auto known = known_.find(subject(late.command, late.value));
  late.answer(known == known_.end() ? late.value : known->second);
}

// --- what is typed ---

void TelnetPort::send_break(std::function<void(Status)> answer) {
  breaks_.push_back(std::move(answer));
  if (breaks_.size() > 1) return;
  // Not behind what may wait for an answer: it is sent now.
  wire_.send({ComPortCommand::set_control, number(ComPortControl::break_on)});
  break_.start(times_.break_length);
  wire_.typing_changed();
}

void TelnetPort::end_break() {
  wire_.send({ComPortCommand::set_control, number(ComPortControl::break_off)});
  const auto answers = std::exchange(breaks_, {});
  wire_.typing_changed();
  // One of them may destroy this.
  for (const auto& answer : answers) answer({});
}

void TelnetPort::suspend(bool suspended) {
  suspended_ = suspended;
  wire_.typing_changed();
}

// --- what is heard ---

void TelnetPort::modem(std::uint8_t state) {
  const std::uint8_t before = std::exchange(lines_, static_cast<std::uint8_t>(state & ~kChanges));
  const unsigned told = with_changes(before, lines_) | (state & kChanges);
  if ((told & kChanges) != 0 && ear_.modem) Ear(ear_).modem(static_cast<std::uint8_t>(told));
}

void TelnetPort::listen(Ear ear) {
  ear_ = std::move(ear);
  const bool listens = ear_.modem || ear_.line;
  // Of its lines a server tells anyhow (RFC 2217); asked to, it tells how they are now.
  if (listens) wire_.send({ComPortCommand::set_modemstate_mask, kModemState});
  wire_.send({ComPortCommand::set_linestate_mask, listens ? kLineState : 0U});
}

}  // namespace charmux::backend
