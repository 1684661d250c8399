// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/telnet_client.hpp"

#include <array>

namespace charmux::protocol {
namespace {

constexpr std::byte code(TelnetCommand command) { return std::byte{static_cast<std::uint8_t>(command)}; }
constexpr std::byte code(TelnetOption option) { return std::byte{static_cast<std::uint8_t>(option)}; }

constexpr std::byte kIac = code(TelnetCommand::iac);
constexpr std::byte kWill = code(TelnetCommand::will);
constexpr std::byte kWont = code(TelnetCommand::wont);
constexpr std::byte kDo = code(TelnetCommand::do_);
constexpr std::byte kDont = code(TelnetCommand::dont);
constexpr std::byte kMark = code(TelnetOption::timing_mark);

constexpr std::array<std::byte, 12> kGreeting = {
    kIac, kWill, code(TelnetOption::echo),   kIac, kWill, code(TelnetOption::suppress_go_ahead),
    kIac, kWill, code(TelnetOption::binary), kIac, kDo,   code(TelnetOption::binary)};
constexpr std::array<std::byte, 3> kAskMark = {kIac, kDo, kMark};
constexpr std::array<std::byte, 2> kBreak = {kIac, code(TelnetCommand::brk)};

bool is_verb(std::byte byte) { return byte == kWill || byte == kWont || byte == kDo || byte == kDont; }

}  // namespace

void TelnetClient::feed(BytesView in, Bytes& data, Bytes& replies) {
  std::size_t at = state_ == State::greeting ? take_greeting(in, data, replies) : 0;
  while (at < in.size() && state_ == State::probing) probe(in[at++], data, replies);
  if (state_ == State::qemu)
    append(data, in.subspan(at));
  else
    decode(in.subspan(at), data, replies);
}

/// How much of it was the greeting.
std::size_t TelnetClient::take_greeting(BytesView in, Bytes& data, Bytes& replies) {
  std::size_t at = 0;
  while (at < in.size() && greeted_ < kGreeting.size() && in[at] == kGreeting[greeted_]) ++at, ++greeted_;
  decode(in.first(at), data, replies);
  if (greeted_ == kGreeting.size()) {
    state_ = State::probing;
    append(replies, kAskMark);
  } else if (at < in.size()) {
    state_ = State::server;
  }
  return at;
}

/// One byte, while it is not known who is there. The first 0xFF tells.
void TelnetClient::probe(std::byte byte, Bytes& data, Bytes& replies) {
  if (held_.empty() && byte != kIac) {
    said_more_ = true;
    return data.push_back(byte);
  }
  held_.push_back(byte);
  if (held_.size() == 1) return;
  const bool answers = held_[1] == kWill || held_[1] == kWont;
  const bool offers = !said_more_ && is_verb(held_[1]);
  if (held_.size() == 2 && (answers || offers)) return;
  const bool answered = answers && held_.size() == 3 && byte == kMark;
  if (!answered && !(offers && held_.size() == 3)) return settle(data);
  state_ = State::server;
  if (!answered) decode(held_, data, replies);
  held_.clear();
}

void TelnetClient::decode(BytesView in, Bytes& data, Bytes& replies) {
  std::vector<TelnetEvent> events;
  peer_.feed(in, events, replies);
  for (const TelnetEvent& event : events) {
    if (const auto* const printed = std::get_if<TelnetData>(&event)) append(data, printed->bytes);
    if (const auto* const said = std::get_if<TelnetComPort>(&event)) messages_.push_back(said->message);
  }
}

void TelnetClient::settle(Bytes& data) {
  if (state_ != State::probing) return;
  state_ = State::qemu;
  append(data, std::exchange(held_, {}));
}

void TelnetClient::want_com_port(Bytes& out) {
  wants_com_port_ = true;
  peer_.want_com_port();
  peer_.greet(out);
}

TelnetClient::ComPort TelnetClient::com_port() const {
  if (!wants_com_port_) return ComPort::unwanted;
  if (state_ == State::qemu) return ComPort::qemu;
  // A server that begins as QEMU does is known to be one before it agrees: it has said more.
  if (peer_.com_port()) return ComPort::agreed;
  return peer_.com_port_asked() ? ComPort::asked : ComPort::refused;
}

void TelnetClient::encode(const ComPortMessage& message, Bytes& out) const {
  if (com_port() == ComPort::agreed) write_com_port(message, false, out);
}

void TelnetClient::encode_break(Bytes& out) { append(out, kBreak); }

}  // namespace charmux::protocol
