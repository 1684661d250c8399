// SPDX-License-Identifier: Apache-2.0
#include "frontend/telnet_session.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "charmux/base/text.hpp"
#include "console/fanout.hpp"
#include "console/notices.hpp"
#include "frontend/telnet_login.hpp"

namespace charmux::frontend {
namespace {

/// The most that is read at once from a client that chooses a console.
constexpr std::size_t kMenuInput = 1024;

}  // namespace

TelnetSession::TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream,
                             console::ViewerOrigin origin, Caller caller)
    : Session(context, std::move(stream), std::move(origin)), scratch_(scratch), caller_(caller) {
  caller == Caller::program ? peer_.want_com_port() : peer_.allow_com_port();
  peer_.greet(outbox());
}

TelnetSession::TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream,
                             console::ViewerOrigin origin, console::Console& console,
                             const console::ViewerSettings& settings, Caller caller)
    : TelnetSession(context, scratch, std::move(stream), std::move(origin), caller) {
  watch(console, settings);
  begin();
}

TelnetSession::TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream,
                             console::ViewerOrigin origin, Choices choices)
    : TelnetSession(context, scratch, std::move(stream), std::move(origin), Caller::person) {
  begin();
  offer(std::move(choices));
  say(std::exchange(choosing_->shown, {}));
}

void TelnetSession::offer(Choices choices) {
  choices_ = std::make_unique<Choices>(std::move(choices));
  choosing_ = std::make_unique<Choosing>(Choosing{Menu(choices_->rows), {}, false});
  choosing_->menu.greet(choosing_->shown);
}

void TelnetSession::watch(console::Console& console, const console::ViewerSettings& settings) {
  attach(console, settings);
  if (desk_) desk_->attach(viewer());
}

void TelnetSession::unwatch() {
  keys_.reset();
  if (desk_) desk_->detach();
  give_marks(std::numeric_limits<std::uint64_t>::max());
  alive_ = std::make_shared<char>();
  break_on_its_way_ = false;
  told_typist_.clear();
  detach();
}

// --- sending ---

console::Wire::Sent TelnetSession::send(BytesView bytes, std::uint64_t offset) {
  if (suspended_) return {0, true};
  const bool binary = peer_.binary_out();
  const TelnetScratch::Encoded encoded = scratch_.encode(bytes, offset, binary, wire_state_, viewer().asked_from());
  const std::size_t sent = encoded.bytes.empty() ? 0 : send_now(encoded.bytes);
  if (sent == encoded.bytes.size()) {
    wire_state_ = encoded.after;
    return {encoded.taken, false, encoded.taken < bytes.size()};
  }
  const protocol::TelnetProgress progress = scratch_.progress(sent);
  wire_state_ = progress.state;
  return {progress.consumed, true};
}

void TelnetSession::tell(std::string_view notice, bool off_line_start) {
  const std::string line = fmt::format("{}{}\r\n", off_line_start ? "\r\n" : "", notice);
  protocol::telnet_encode(as_bytes(line), peer_.binary_out(), wire_state_, outbox());
}

void TelnetSession::echo(std::string_view text) {
  protocol::telnet_encode(as_bytes(text), peer_.binary_out(), wire_state_, outbox());
}

void TelnetSession::say(std::string_view text) {
  protocol::telnet_encode(as_bytes(text), peer_.binary_out(), wire_state_, outbox());
  (void)flush_outbox();  // what does not go now goes when the socket is writable
}

void TelnetSession::settle() {
  // The second half of a doubled 0xFF goes before anything else, and must not wait for further output.
  if (wire_state_.owe_iac) protocol::telnet_encode({}, peer_.binary_out(), wire_state_, outbox());
  // A skip passes marks, too.
  if (attached()) give_marks(viewer().offset());
}

void TelnetSession::give_marks(std::uint64_t up_to) {
  const auto passed = std::find_if(marks_.begin(), marks_.end(), [up_to](std::uint64_t at) { return at > up_to; });
  for (auto each = marks_.begin(); each != passed; ++each) protocol::TelnetPeer::give_mark(outbox());
  marks_.erase(marks_.begin(), passed);
}

void TelnetSession::stopping() {
  if (!attached()) tell(console::notices::kStopping, true);
  Session::stopping();
}

void TelnetSession::turn_out(const std::string& why) {
  if (caller_ == Caller::program) return end(why);
  log_.write(LogLevel::info, fmt::format("{} is turned out: {}", subject(), why), departure());
  if (attached()) unwatch();
  tell(console::notices::sentence(why), true);
  end_after_outbox();
  // Who does not read is not waited for.
  if (phase() == Phase::finishing) end(why);
}

// --- receiving ---

std::size_t TelnetSession::read_room() const {
  if (desk_ && desk_->is_full()) return 0;
  if (logging_in_ && !attached()) return login_room();
  if (!attached()) return kMenuInput;
  if (keys_ && keys_->busy()) return 0;
  const std::size_t room = Session::read_room();
  return keys_ ? room - std::min(room, keys_->held()) : room;
}

void TelnetSession::received(BytesView bytes) {
  settle();
  events_.clear();
  peer_.feed(bytes, events_, outbox());
  if (peer_.com_port() && !desk_) open_desk();
  for (const protocol::TelnetEvent& event : events_) {
    if (phase() != Phase::attached) break;
    hear(event);
  }
  after_input();
}

void TelnetSession::after_input() {
  if (choosing_) say(std::exchange(choosing_->shown, {}));
  if (suspended_) (void)flush_outbox();  // the viewer may not be served
  if (attached()) return console().fanout().wake(viewer());
  if (choosing_ && choosing_->left) end_after_outbox();
}

void TelnetSession::hear(const protocol::TelnetEvent& event) {
  if (const auto* typed_in = std::get_if<protocol::TelnetData>(&event)) data(typed_in->bytes);
  if (const auto* signal = std::get_if<protocol::TelnetSignal>(&event)) act(*signal);
  if (std::holds_alternative<protocol::TelnetMark>(event)) mark();
  if (const auto* port = std::get_if<protocol::TelnetComPort>(&event)) desk_->hear(port->message);
  if (const auto* window = std::get_if<protocol::TelnetWindow>(&event)) note(*window);
  if (const auto* terminal = std::get_if<protocol::TelnetTerminal>(&event)) note(*terminal);
}

void TelnetSession::note(const protocol::TelnetWindow& window) {
  log_.debug("{} has a window of {} columns, {} rows", subject(), window.columns, window.rows);
  terminal_.columns = window.columns;
  terminal_.rows = window.rows;
}

void TelnetSession::note(const protocol::TelnetTerminal& terminal) {
  log_.debug("{} has a terminal {}", subject(), terminal.name);
  terminal_.name = terminal.name;
}

/// RFC 860: the answer goes behind the output that is on its way now.
void TelnetSession::mark() {
  if (attached()) return marks_.push_back(console().offset());
  protocol::TelnetPeer::give_mark(outbox());
}

// --- telnet's Synch ---

void TelnetSession::urgent_data(bool before_its_end) {
  const bool begins = before_its_end && !std::exchange(urgent_, before_its_end);
  // Who clears the path to the guest (RFC 854) means what waits in it here, too. What comes now is kept: interrupts.
  if (begins && attached()) console().drop_typed(viewer(), "its client took it back (telnet's Synch)");
  urgent_ = before_its_end;
  peer_.set_urgent(before_its_end);
}

void TelnetSession::synched() {
  const std::uint64_t bytes = peer_.discarded() - std::exchange(discards_logged_, peer_.discarded());
  if (bytes > 0) log_.info("{}: {} bytes of input were taken back by its client (telnet's Synch)", subject(), bytes);
}

// --- RFC 2217 ---

void TelnetSession::open_desk() {
  desk_ = std::make_unique<ComPortDesk>(static_cast<ComPortDesk::Client&>(*this));
  if (attached()) desk_->attach(viewer());
}

void TelnetSession::say(const protocol::ComPortMessage& message) {
  if (!peer_.com_port()) return;
  settle();
  protocol::write_com_port(message, true, outbox());
  (void)flush_outbox();
}

void TelnetSession::suspend(bool suspended) {
  suspended_ = suspended;
  set_suspended(suspended);
  if (!suspended && attached()) viewer().writable();
}

void TelnetSession::signed_as(const std::string& signature) {
  log_.debug("{} signs as {}", subject(), printable(signature));
}

}  // namespace charmux::frontend
