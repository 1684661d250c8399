// SPDX-License-Identifier: Apache-2.0
#include "load_telnet.hpp"

#include <algorithm>
#include <cstring>

namespace bench {
namespace {

constexpr unsigned char kSe = 240, kSb = 250, kWill = 251, kWont = 252, kDo = 253, kDont = 254, kIac = 255;
constexpr unsigned char kBinary = 0, kEcho = 1, kSuppressGoAhead = 3, kTimingMark = 6;
constexpr std::uint32_t kGranted = 1U << kBinary | 1U << kEcho | 1U << kSuppressGoAhead;

std::string words(unsigned char verb, unsigned char option) {
  return {static_cast<char>(kIac), static_cast<char>(verb), static_cast<char>(option)};
}

}  // namespace

std::string_view TelnetClient::next(std::string_view& wire) {
  while (!wire.empty()) {
    const auto first = static_cast<unsigned char>(wire.front());
    if (state_ == State::command && first == kIac) {
      state_ = State::data;
      const std::string_view doubled = wire.substr(0, 1);
      wire.remove_prefix(1);
      return doubled;
    }
    if (state_ == State::data && first != kIac) {
      const std::string_view run = wire.substr(0, wire.find(static_cast<char>(kIac)));
      wire.remove_prefix(run.size());
      return run;
    }
    take(first);
    wire.remove_prefix(1);
  }
  return {};
}

void TelnetClient::take(unsigned char byte) {
  switch (state_) {
    case State::data: state_ = State::command; return;
    case State::command: return command(byte);
    case State::option: return option(byte);
    case State::sub: state_ = byte == kIac ? State::sub_command : State::sub; return;
    case State::sub_command: state_ = byte == kSe ? State::data : State::sub; return;
  }
}

void TelnetClient::command(unsigned char byte) {
  verb_ = byte;
  state_ = byte == kSb ? State::sub : byte >= kWill ? State::option : State::data;
}

void TelnetClient::option(unsigned char number) {
  state_ = State::data;
  if (number == kTimingMark && (verb_ == kWill || verb_ == kWont)) {
    timing_mark_seen_ = true;
    return;
  }
  const bool of_theirs = verb_ == kWill || verb_ == kWont;
  const bool wanted = verb_ == kWill || verb_ == kDo;
  const std::uint32_t bit = number < 32 ? 1U << number & kGranted : 0;
  std::uint32_t& in_force = of_theirs ? theirs_ : ours_;
  const bool was_in_force = (in_force & bit) != 0;
  // What is so already is not answered (RFC 1143).
  if (wanted == was_in_force && (bit != 0 || !wanted)) return;
  in_force ^= bit;
  const bool granted = wanted && bit != 0;
  answers_ += words(of_theirs ? (granted ? kDo : kDont) : (granted ? kWill : kWont), number);
  if (timing_mark_asked_ || (ours_ & theirs_ & 1U << kBinary) == 0) return;
  timing_mark_asked_ = true;
  answers_ += words(kDo, kTimingMark);
}

}  // namespace bench
