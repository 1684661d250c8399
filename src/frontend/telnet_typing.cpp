// SPDX-License-Identifier: Apache-2.0
// What a telnet client types: to the menu, to its keys, or to the console.
#include <utility>

#include "charmux/protocol/terminal.hpp"
#include "console/notices.hpp"
#include "frontend/telnet_session.hpp"

namespace charmux::frontend {
namespace {

constexpr std::byte kInterrupt{0x03};

}  // namespace

void TelnetSession::act(const protocol::TelnetSignal& signal) {
  switch (signal.command) {
    case protocol::TelnetCommand::ip:
      // What comes by a Synch comes whether there is room or not; there is one waiting then.
      return attached() && console().input_room(viewer()) == 0 ? void() : data({&kInterrupt, 1});
    case protocol::TelnetCommand::dm: return synched();
    case protocol::TelnetCommand::ayt:
      if (attached()) return viewer().notify(console().status_for(viewer()));
      if (!choosing_) return say("\r\n[charmux: login]\r\n");
      return choosing_->menu.tell("[charmux: the menu]", choosing_->shown);
    case protocol::TelnetCommand::brk: return attached() ? send_break() : void();
    default: return;  // AO, EC, EL: nothing that a console could do about them
  }
}

void TelnetSession::send_break() {
  if (!console().may_write(viewer())) typed({});  // takes a pen that lies free
  if (!console().may_write(viewer()) || break_on_its_way_) return;
  break_on_its_way_ = true;
  console().send_break(viewer().origin(), [this, alive = std::weak_ptr<const void>(alive_)](const Status& sent) {
    if (alive.expired()) return;
    break_on_its_way_ = false;
    if (!sent) viewer().notify(console::notices::sentence(sent.error().text));
  });
}

void TelnetSession::data(BytesView bytes) {
  while (!bytes.empty()) {
    if (logging_in_) log_in(bytes);
    if (logging_in_ && !attached()) return;
    if (!attached() && choosing_) choose(bytes);
    if (!attached() || bytes.empty()) return;
    if (choosing_) {
      // The end of the Enter that chose may come late.
      choosing_->menu.skip_line_end(bytes);
      choosing_.reset();
    }
    if (const auto& keys = viewer().keys(); keys && !keys_)
      keys_ = std::make_unique<KeyDesk>(static_cast<KeyDesk::Owner&>(*this), viewer(), *keys);
    if (!keys_) return bytes.empty() ? void() : typed(bytes);
    const KeyDesk::Then then = keys_->typed(bytes);
    if (then == KeyDesk::Then::disconnect) return disconnect();
    if (then == KeyDesk::Then::menu) back_to_menu();
  }
}

void TelnetSession::typed_meanwhile(BytesView bytes) {
  data(bytes);
  after_input();
  update_interest();
}

void TelnetSession::disconnect() {
  log_.write(LogLevel::info, fmt::format("{} disconnects by its keys", subject()), departure());
  unwatch();
  tell("[charmux: disconnected]", true);
  end_after_outbox();
}

void TelnetSession::back_to_menu() {
  log_.write(LogLevel::info, fmt::format("{} goes back to the menu", subject()), departure());
  const std::string name = console().name();
  unwatch();
  choosing_ = std::make_unique<Choosing>(Choosing{Menu(choices_->rows), {}, false});
  choosing_->shown = fmt::format("\r\n{}\r\n", console::notices::sentence("left " + name));
  choosing_->menu.greet(choosing_->shown);
}

void TelnetSession::choose(BytesView& bytes) {
  Choosing& at = *choosing_;
  while (!attached() && !at.left && !bytes.empty()) {
    const Menu::Outcome outcome = at.menu.typed(bytes, at.shown);
    at.left = outcome.kind == Menu::Outcome::Kind::leave;
    if (outcome.kind != Menu::Outcome::Kind::open) continue;
    if (console::Console* const chosen = choices_->find(outcome.console)) {
      say(std::exchange(at.shown, {}));
      watch(*chosen, choices_->settings(*chosen));
    } else {
      at.menu.tell(console::notices::sentence(fmt::format("{} is gone", outcome.console)), at.shown);
    }
  }
}

void TelnetSession::typed(BytesView bytes) {
  // Of one who may only watch nothing is looked at.
  const bool watches = !viewer().settings().may_type;
  // The guest asks every viewer's terminal; only the writer's is heard, and the others want nothing by answering.
  const bool person = caller_ == Caller::person && console().writer() != &viewer();
  if (!watches && person && !bytes.empty() && protocol::is_terminal_answer(bytes)) return;
  if (!watches && console().type(viewer(), bytes)) {
    told_typist_.clear();
    return;
  }
  if (caller_ == Caller::program) return end_for_typing();
  const std::string notice =
      console::notices::read_only(console().why_not_typed(viewer()), console().how_to_type(viewer()));
  // Once for each who is in the way, not for each key.
  if (told_typist_ == notice) return;
  told_typist_ = notice;
  viewer().notify(notice);
}

}  // namespace charmux::frontend
