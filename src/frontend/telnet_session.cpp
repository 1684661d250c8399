// SPDX-License-Identifier: Apache-2.0
#include "frontend/telnet_session.hpp"

#include "charmux/protocol/terminal.hpp"
#include "console/fanout.hpp"
#include "console/notices.hpp"

namespace charmux::frontend {
namespace {

constexpr std::byte kInterrupt{0x03};

}  // namespace

TelnetSession::TelnetSession(const Context& context, TelnetScratch& scratch, net::Stream stream,
                             console::Console& console, const console::ViewerSettings& settings)
    : Session(context, std::move(stream), console, settings, "telnet"), scratch_(scratch) {
  peer_.greet(outbox());
  begin();
}

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

void TelnetSession::settle() {
  // The second half of a doubled 0xFF goes before anything else, and must not wait for further output.
  if (wire_state_.owe_iac) protocol::telnet_encode({}, peer_.binary_out(), wire_state_, outbox());
}

void TelnetSession::received(BytesView bytes) {
  settle();
  events_.clear();
  peer_.feed(bytes, events_, outbox());
  for (const protocol::TelnetEvent& event : events_) {
    if (const auto* data = std::get_if<protocol::TelnetData>(&event)) typed(data->bytes);
    if (const auto* signal = std::get_if<protocol::TelnetSignal>(&event)) act(*signal);
    if (const auto* window = std::get_if<protocol::TelnetWindow>(&event))
      log_.debug("console {}: {} has a window of {} columns, {} rows", console().name(), viewer().who(),
                 window->columns, window->rows);
    if (const auto* terminal = std::get_if<protocol::TelnetTerminal>(&event))
      log_.debug("console {}: {} has a terminal {}", console().name(), viewer().who(), terminal->name);
  }
  console().fanout().wake(viewer());
}

void TelnetSession::act(const protocol::TelnetSignal& signal) {
  switch (signal.command) {
    case protocol::TelnetCommand::ip: return typed({&kInterrupt, 1});
    case protocol::TelnetCommand::ayt: return viewer().notify(console().status_for(viewer()));
    case protocol::TelnetCommand::brk: return viewer().notify(console::notices::no_break(console().why_no_break()));
    default: return;  // AO, EC, EL, DM: nothing that a console could do about them
  }
}

void TelnetSession::typed(BytesView bytes) {
  // The guest asks every viewer's terminal; only the writer's is heard, and the others want nothing by answering.
  if (console().writer() != &viewer() && protocol::is_terminal_answer(bytes)) return;
  if (console().type(viewer(), bytes)) {
    told_typist_.clear();
    return;
  }
  const console::Viewer* const typist = viewer().settings().may_type ? console().writer() : nullptr;
  const std::string name = typist == nullptr ? "" : typist->who();
  const std::string notice = console::notices::read_only(name);
  // Once for each who is in the way, not for each key.
  if (told_typist_ == notice) return;
  told_typist_ = notice;
  viewer().notify(notice);
}

}  // namespace charmux::frontend
