// SPDX-License-Identifier: Apache-2.0
#include "charmux/protocol/telnet_decoder.hpp"

namespace charmux::protocol {
namespace {

constexpr std::byte kNul{0x00};
constexpr std::byte kLf{0x0A};
constexpr std::byte kCr{0x0D};
constexpr std::byte kIac{0xFF};
constexpr std::size_t kWindow = 5;  ///< bytes of a window's sub-negotiation (RFC 1073), option included

}  // namespace

bool TelnetDecoder::is_filler(std::byte byte) const {
  return byte == kNul || (byte == kLf && role_ == TelnetRole::server);
}

std::optional<TelnetDecoder::Token> TelnetDecoder::next(BytesView& in, bool binary) {
  while (!in.empty()) {
    const std::byte byte = in.front();
    if (state_ == State::data && byte != kIac) {
      if (!after_cr_ || binary || !is_filler(byte)) return take_run(in, binary);
      after_cr_ = false;
    } else if (state_ == State::iac && byte == kIac) {
      state_ = State::data;
      return take_run(in, binary);
    } else if (auto token = step(byte)) {
      in = in.subspan(1);
      return token;
    }
    in = in.subspan(1);
  }
  return std::nullopt;
}

/// The first byte is data whatever it is (it may be the second half of a doubled IAC); so are those up to an IAC or to
/// the filler of a CR.
TelnetDecoder::Data TelnetDecoder::take_run(BytesView& in, bool binary) {
  std::size_t end = 0;
  do {
    after_cr_ = !binary && in[end] == kCr;
    ++end;
  } while (end < in.size() && in[end] != kIac && !(after_cr_ && is_filler(in[end])));
  const Data run{in.first(end)};
  in = in.subspan(end);
  return run;
}

std::optional<TelnetDecoder::Token> TelnetDecoder::step(std::byte byte) {
  switch (state_) {
    case State::data: state_ = State::iac; return std::nullopt;
    case State::iac: return step_iac(byte);
    case State::negotiation: state_ = State::data; return Negotiation{verb_, std::to_integer<std::uint8_t>(byte)};
    case State::sub:
      if (byte == kIac)
        state_ = State::sub_iac;
      else if (is_whole_window() && static_cast<TelnetCommand>(byte) == TelnetCommand::se)
        return end_sub();
      else
        keep(byte);
      return std::nullopt;
    case State::sub_iac: return step_sub_iac(byte);
  }
  return std::nullopt;
}

std::optional<TelnetDecoder::Token> TelnetDecoder::step_iac(std::byte byte) {
  const auto command = static_cast<TelnetCommand>(byte);
  switch (command) {
    case TelnetCommand::will:
    case TelnetCommand::wont:
    case TelnetCommand::do_:
    case TelnetCommand::dont:
      verb_ = command;
      state_ = State::negotiation;
      return std::nullopt;
    case TelnetCommand::sb:
      sub_.clear();
      sub_dropped_ = false;
      state_ = State::sub;
      return std::nullopt;
    default: state_ = State::data; return Command{command};
  }
}

std::optional<TelnetDecoder::Token> TelnetDecoder::step_sub_iac(std::byte byte) {
  if (byte == kIac) {
    state_ = State::sub;
    keep(byte);
    return std::nullopt;
  }
  if (static_cast<TelnetCommand>(byte) < TelnetCommand::se && is_window()) {
    state_ = State::sub;
    keep(kIac);
    keep(byte);
    return std::nullopt;
  }
  if (static_cast<TelnetCommand>(byte) != TelnetCommand::se) {
    // Neither a doubled IAC nor the end: what it means is anybody's guess, so nothing of it is believed.
    state_ = State::sub;
    sub_dropped_ = true;
    return std::nullopt;
  }
  return end_sub();
}

/// busybox (1.35) does not double the 0xFF of a window, so that its end looks like one more byte: taken so, the client
/// would not be heard any more.
bool TelnetDecoder::is_window() const {
  return !sub_.empty() && static_cast<TelnetOption>(sub_.front()) == TelnetOption::window_size;
}

bool TelnetDecoder::is_whole_window() const { return is_window() && sub_.size() == kWindow; }

std::optional<TelnetDecoder::Token> TelnetDecoder::end_sub() {
  state_ = State::data;
  if (sub_dropped_ || sub_.empty()) return std::nullopt;
  return Subnegotiation{std::to_integer<std::uint8_t>(sub_.front()), BytesView(sub_).subspan(1)};
}

void TelnetDecoder::keep(std::byte byte) {
  if (sub_.size() >= kMaxSubnegotiation) sub_dropped_ = true;
  if (!sub_dropped_) sub_.push_back(byte);
}

}  // namespace charmux::protocol
