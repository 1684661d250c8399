// SPDX-License-Identifier: Apache-2.0
#include "frontend/com_port_desk.hpp"

#include <fmt/core.h>

#include "charmux/base/text.hpp"
#include "charmux/base/version.hpp"
#include "console/console.hpp"

namespace charmux::frontend {
namespace {

using Command = protocol::ComPortCommand;
namespace modem = protocol::modem;

constexpr std::uint8_t kLines = 0xF0;

/// The change bits (low four) of lines that were and are.
std::uint8_t changes(unsigned before, unsigned now) {
  const unsigned changed = before ^ now;
  const unsigned fell = before & ~now;
  const unsigned bits = ((changed & (modem::kCd | modem::kDsr | modem::kCts)) | (fell & modem::kRi)) >> 4U;
  return static_cast<std::uint8_t>(bits);
}

}  // namespace

// RFC 2217: a client that says nothing about it hears of all lines, and of no errors.
ComPortDesk::ComPortDesk(Client& client) : client_(client) {}

ComPortDesk::~ComPortDesk() { detach(); }

void ComPortDesk::detach() {
  if (viewer_ == nullptr) return;
  viewer_->console().uart().leaves(*viewer_);
  viewer_->console().uart().forget(*this);
  viewer_ = nullptr;
}

void ComPortDesk::attach(console::Viewer& viewer) {
  viewer_ = &viewer;
  if ((modem_mask_ | line_mask_) == 0) return;
  viewer.console().uart().listen(*this);
  // Some clients know no lines until they are told, and ask for nothing (pyserial).
  tell_modem(0, true);
}

void ComPortDesk::hear(const protocol::ComPortMessage& message) {
  switch (message.command) {
    // A server's own suspend and resume have these numbers plus 100: an answer would be taken for one.
    case Command::flowcontrol_suspend: return client_.suspend(true);
    case Command::flowcontrol_resume: return client_.suspend(false);
    case Command::notify_modemstate: return tell_modem(0, true);
    case Command::notify_linestate: return client_.say({message.command, 0});
    case Command::signature:
      if (!message.text.empty()) return client_.signed_as(message.text);
      return answer({message.command, 0,
                     fmt::format("charmux {}{}{}", version(), viewer_ ? ", " : "",
                                 viewer_ ? printable(viewer_->console().name()) : "")});
    case Command::set_linestate_mask: return set_mask(line_mask_, message);
    case Command::set_modemstate_mask: return set_mask(modem_mask_, message);
    default: return act(message);
  }
}

void ComPortDesk::act(const protocol::ComPortMessage& message) {
  const Command command = message.command;
  if (viewer_ == nullptr) {
    const bool purges = command == Command::purge_data;
    const std::uint32_t asks = purges ? message.value : console::question(command, message.value);
    return answer({command, nowhere_.set(command, asks)});
  }
  const std::uint64_t place = given_ + answers_.size();
  answers_.push_back({message, false});
  viewer_->console().uart().ask(*viewer_, command, message.value,
                                [this, place, alive = std::weak_ptr<const void>(alive_)](std::uint32_t value) {
                                  if (alive.expired()) return;
                                  Pending& asked = answers_[static_cast<std::size_t>(place - given_)];
                                  asked = {{asked.message.command, value}, true};
                                  give_answers();
                                });
}

void ComPortDesk::answer(const protocol::ComPortMessage& message) {
  answers_.push_back({message, true});
  give_answers();
}

void ComPortDesk::give_answers() {
  while (!answers_.empty() && answers_.front().known) {
    const protocol::ComPortMessage message = std::move(answers_.front().message);
    answers_.pop_front();
    ++given_;
    client_.say(message);
  }
}

void ComPortDesk::set_mask(std::uint8_t& mask, const protocol::ComPortMessage& message) {
  mask = static_cast<std::uint8_t>(message.value);
  answer(message);
  if (viewer_ != nullptr) {
    console::Uart& uart = viewer_->console().uart();
    (modem_mask_ | line_mask_) == 0 ? uart.forget(*this) : uart.listen(*this);
  }
  if (mask == 0) return;
  if (&mask == &modem_mask_) return tell_modem(0, true);
  client_.say({Command::notify_linestate, 0});
}

std::uint8_t ComPortDesk::lines() const { return viewer_ != nullptr ? viewer_->console().uart().modem_state() : 0; }

void ComPortDesk::modem_changed(std::uint8_t modem_state) { tell_modem(modem_state & ~kLines & 0xFFU, false); }

void ComPortDesk::tell_modem(std::uint8_t changed, bool at_all_events) {
  const std::uint8_t now = lines();
  const std::uint8_t before = told_lines_.value_or(now);
  changed = static_cast<std::uint8_t>(changed | changes(before, now));
  // A change matters to a client that asked for the line or for its changes; of RI, its rise too.
  const unsigned matters = (changed | changed << 4U | (before ^ now)) & modem_mask_;
  if (!at_all_events && matters == 0) return;
  told_lines_ = now;
  client_.say({Command::notify_modemstate, (unsigned{now} | changed) & modem_mask_});
}

void ComPortDesk::line_said(std::uint8_t line_state) {
  if ((line_state & line_mask_) != 0) client_.say({Command::notify_linestate, unsigned{line_state} & line_mask_});
}

}  // namespace charmux::frontend
