// SPDX-License-Identifier: Apache-2.0
#include "frontend/telnet_session.hpp"

#include <utility>

#include "charmux/protocol/terminal.hpp"
#include "console/fanout.hpp"
#include "console/notices.hpp"

namespace charmux::frontend {
namespace {

constexpr std::byte kInterrupt{0x03};
/// The most that is read at once from a client that chooses a console.
constexpr std::size_t kMenuInput = 1024;

}  // namespace

TelnetSession::TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream,
                             console::ViewerOrigin origin)
    : Session(context, std::move(stream), std::move(origin)), scratch_(scratch) {
  peer_.greet(outbox());
}

TelnetSession::TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream,
                             console::ViewerOrigin origin, console::Console& console,
                             const console::ViewerSettings& settings)
    : TelnetSession(context, scratch, std::move(stream), std::move(origin)) {
  attach(console, settings);
  begin();
}

TelnetSession::TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream,
                             console::ViewerOrigin origin, Choices choices)
    : TelnetSession(context, scratch, std::move(stream), std::move(origin)) {
  Menu menu(choices.rows);
  choosing_ = std::make_unique<Choosing>(Choosing{std::move(choices), std::move(menu), {}, false});
  begin();
  std::string page;
  choosing_->menu.greet(page);
  say(page);
}

// --- sending ---

console::Wire::Sent TelnetSession::send(BytesView bytes, std::uint64_t offset) {
  const bool binary = peer_.binary_out();
  const TelnetScratch::Encoded encoded = scratch_.encode(bytes, offset, binary, wire_state_);
  const std::size_t sent = send_now(encoded.bytes);
  if (sent == encoded.bytes.size()) {
    wire_state_ = encoded.after;
    return {bytes.size(), false};
  }
  const protocol::TelnetProgress progress = protocol::telnet_progress(bytes, binary, wire_state_, sent);
  wire_state_ = progress.state;
  return {progress.consumed, true};
}

void TelnetSession::tell(std::string_view notice, bool off_line_start) {
  const std::string line = fmt::format("{}{}\r\n", off_line_start ? "\r\n" : "", notice);
  protocol::telnet_encode(as_bytes(line), peer_.binary_out(), wire_state_, outbox());
}

void TelnetSession::say(std::string_view text) {
  protocol::telnet_encode(as_bytes(text), peer_.binary_out(), wire_state_, outbox());
  (void)flush_outbox();  // what does not go now goes when the socket is writable
}

void TelnetSession::settle() {
  // The second half of a doubled 0xFF goes before anything else, and must not wait for further output.
  if (wire_state_.owe_iac) protocol::telnet_encode({}, peer_.binary_out(), wire_state_, outbox());
}

void TelnetSession::stopping() {
  if (!attached()) tell(console::notices::kStopping, true);
  Session::stopping();
}

// --- receiving ---

std::size_t TelnetSession::read_room() const { return attached() ? Session::read_room() : kMenuInput; }

void TelnetSession::received(BytesView bytes) {
  settle();
  events_.clear();
  peer_.feed(bytes, events_, outbox());
  for (const protocol::TelnetEvent& event : events_) {
    if (phase() != Phase::attached) break;
    if (const auto* typed_in = std::get_if<protocol::TelnetData>(&event)) data(typed_in->bytes);
    if (const auto* signal = std::get_if<protocol::TelnetSignal>(&event)) act(*signal);
    if (const auto* window = std::get_if<protocol::TelnetWindow>(&event))
      log_.debug("{} has a window of {} columns, {} rows", subject(), window->columns, window->rows);
    if (const auto* terminal = std::get_if<protocol::TelnetTerminal>(&event))
      log_.debug("{} has a terminal {}", subject(), terminal->name);
  }
  if (choosing_) say(std::exchange(choosing_->shown, {}));
  if (attached()) return console().fanout().wake(viewer());
  if (choosing_ && choosing_->left) end_after_outbox();
}

void TelnetSession::act(const protocol::TelnetSignal& signal) {
  switch (signal.command) {
    case protocol::TelnetCommand::ip: return data({&kInterrupt, 1});
    case protocol::TelnetCommand::ayt:
      if (attached()) return viewer().notify(console().status_for(viewer()));
      return choosing_->menu.tell("[charmux: the menu]", choosing_->shown);
    case protocol::TelnetCommand::brk: return attached() ? send_break() : void();
    default: return;  // AO, EC, EL, DM: nothing that a console could do about them
  }
}

void TelnetSession::send_break() {
  if (console().writer() != &viewer()) typed({});  // takes a pen that lies free
  if (console().writer() != &viewer() || break_on_its_way_) return;
  break_on_its_way_ = true;
  console().send_break([this, alive = std::weak_ptr<const void>(alive_)](const Status& sent) {
    if (alive.expired()) return;
    break_on_its_way_ = false;
    if (!sent) viewer().notify(console::notices::sentence(sent.error().text));
  });
}

void TelnetSession::data(BytesView bytes) {
  if (!attached()) choose(bytes);
  if (!attached()) return;
  if (choosing_ && !bytes.empty()) {
    // The end of the Enter that chose may come late.
    choosing_->menu.skip_line_end(bytes);
    choosing_.reset();
  }
  if (!bytes.empty()) typed(bytes);
}

void TelnetSession::choose(BytesView& bytes) {
  Choosing& at = *choosing_;
  while (!attached() && !at.left && !bytes.empty()) {
    const Menu::Outcome outcome = at.menu.typed(bytes, at.shown);
    at.left = outcome.kind == Menu::Outcome::Kind::leave;
    if (outcome.kind != Menu::Outcome::Kind::open) continue;
    if (console::Console* const chosen = at.choices.find(outcome.console)) {
      say(std::exchange(at.shown, {}));
      attach(*chosen, at.choices.settings(*chosen));
    } else {
      at.menu.tell(console::notices::sentence(fmt::format("{} is gone", outcome.console)), at.shown);
    }
  }
}

void TelnetSession::typed(BytesView bytes) {
  // The guest asks every viewer's terminal; only the writer's is heard, and the others want nothing by answering.
  if (console().writer() != &viewer() && !bytes.empty() && protocol::is_terminal_answer(bytes)) return;
  if (console().type(viewer(), bytes)) {
    told_typist_.clear();
    return;
  }
  const std::string notice = console::notices::read_only(console().why_not_typed(viewer()));
  // Once for each who is in the way, not for each key.
  if (told_typist_ == notice) return;
  told_typist_ = notice;
  viewer().notify(notice);
}

}  // namespace charmux::frontend
