// SPDX-License-Identifier: Apache-2.0
#include "backend/port_values.hpp"

#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <utility>

namespace charmux::backend {
namespace {

using protocol::ComPortCommand;
using protocol::ComPortControl;

constexpr tcflag_t kMarkSpace = CMSPAR;
constexpr tcflag_t kParity = PARENB | PARODD | kMarkSpace;
constexpr tcflag_t kRtsCts = CRTSCTS;
constexpr std::array<tcflag_t, 4> kBits = {CS5, CS6, CS7, CS8};
/// None, odd, even, mark, space.
constexpr std::array<tcflag_t, 5> kParities = {0, PARENB | PARODD, PARENB, kParity, PARENB | kMarkSpace};
constexpr std::uint32_t kOneAndAHalf = 3;

bool put_flag(tcflag_t& flags, tcflag_t mask, tcflag_t value) {
  flags = (flags & ~mask) | value;
  return true;
}

}  // namespace

std::uint32_t value_of(address::Parity parity) {
  constexpr std::array<std::uint32_t, 5> kValues = {1, 3, 2, 4, 5};
  return kValues.at(static_cast<std::size_t>(parity));
}

std::uint32_t value_of(address::FlowControl flow) {
  constexpr std::array<ComPortControl, 3> kValues = {ComPortControl::flow_none, ComPortControl::flow_rtscts,
                                                     ComPortControl::flow_xonxoff};
  return static_cast<std::uint32_t>(kValues.at(static_cast<std::size_t>(flow)));
}

std::uint32_t value_in(const termios& settings, ComPortCommand command) {
  const tcflag_t flags = settings.c_cflag;
  const auto* const bits = std::find(kBits.begin(), kBits.end(), flags & CSIZE);
  // Mark and space mean something with PARENB alone.
  const tcflag_t parity = (flags & PARENB) != 0 ? flags & kParity : 0;
  const auto* const is = std::find(kParities.begin(), kParities.end(), parity);
  switch (command) {
    case ComPortCommand::set_datasize: return static_cast<std::uint32_t>(bits - kBits.begin()) + 5;
    case ComPortCommand::set_parity: return static_cast<std::uint32_t>(is - kParities.begin()) + 1;
    case ComPortCommand::set_stopsize:
      if ((flags & CSTOPB) == 0) return 1;
      return (flags & CSIZE) == CS5 ? kOneAndAHalf : 2;
    default: return 0;
  }
}

bool put(termios& settings, ComPortCommand command, std::uint32_t value) {
  tcflag_t& flags = settings.c_cflag;
  switch (command) {
    case ComPortCommand::set_datasize: return value >= 5 && value <= 8 && put_flag(flags, CSIZE, kBits.at(value - 5));
    case ComPortCommand::set_parity:
      return value >= 1 && value <= kParities.size() && put_flag(flags, kParity, kParities.at(value - 1));
    case ComPortCommand::set_stopsize:
      if (value == kOneAndAHalf && (flags & CSIZE) != CS5) return false;
      return value >= 1 && value <= kOneAndAHalf && put_flag(flags, CSTOPB, value == 1 ? 0U : CSTOPB);
    default: return false;
  }
}

ComPortControl flow_out(const termios& settings) {
  if ((settings.c_cflag & kRtsCts) != 0) return ComPortControl::flow_rtscts;
  return (settings.c_iflag & IXON) != 0 ? ComPortControl::flow_xonxoff : ComPortControl::flow_none;
}

ComPortControl flow_in(const termios& settings) {
  if ((settings.c_cflag & kRtsCts) != 0) return ComPortControl::flow_in_rtscts;
  return (settings.c_iflag & IXOFF) != 0 ? ComPortControl::flow_in_xonxoff : ComPortControl::flow_in_none;
}

bool put_flow(termios& settings, ComPortControl flow) {
  constexpr tcflag_t kBoth = IXON | IXOFF;
  tcflag_t& in = settings.c_iflag;
  tcflag_t& lines = settings.c_cflag;
  switch (flow) {
    case ComPortControl::flow_none: return put_flag(lines, kRtsCts, 0) && put_flag(in, kBoth, 0);
    case ComPortControl::flow_xonxoff: return put_flag(lines, kRtsCts, 0) && put_flag(in, kBoth, kBoth);
    case ComPortControl::flow_rtscts: return put_flag(lines, kRtsCts, kRtsCts) && put_flag(in, kBoth, 0);
    case ComPortControl::flow_in_none: return put_flag(in, IXOFF, 0);
    case ComPortControl::flow_in_xonxoff: return put_flag(in, IXOFF, IXOFF);
    case ComPortControl::flow_in_rtscts: return put_flag(lines, kRtsCts, kRtsCts) && put_flag(in, IXOFF, 0);
    default: return false;
  }
}

std::uint8_t modem_state_of(int lines) {
  constexpr std::array<std::pair<int, std::uint8_t>, 4> kLines = {{{TIOCM_CD, protocol::modem::kCd},
                                                                   {TIOCM_RI, protocol::modem::kRi},
                                                                   {TIOCM_DSR, protocol::modem::kDsr},
                                                                   {TIOCM_CTS, protocol::modem::kCts}}};
  unsigned state = 0;
  for (const auto& [line, bit] : kLines) state |= (lines & line) != 0 ? bit : 0U;
  return static_cast<std::uint8_t>(state);
}

std::uint8_t with_changes(std::uint8_t before, std::uint8_t now) {
  constexpr unsigned kLines = 0xF0;
  const unsigned lines = now & kLines;
  const unsigned changed = (before ^ lines) & kLines;
  // The bit of a change stands four below its line's.
  unsigned changes = (changed & ~unsigned{protocol::modem::kRi}) >> 4U;
  if ((changed & before & protocol::modem::kRi) != 0) changes |= protocol::modem::kRiFell;
  return static_cast<std::uint8_t>(lines | changes);
}

}  // namespace charmux::backend
