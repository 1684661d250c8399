// SPDX-License-Identifier: Apache-2.0
#include "backend/serial_settings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

namespace charmux::backend {
namespace {

using address::FlowControl;

struct Speed {
  unsigned baud;
  speed_t name;
};
/// In the order of address::serial_speeds().
constexpr std::array<Speed, 30> kSpeeds = {{
    {50, B50},           {75, B75},           {110, B110},         {134, B134},         {150, B150},
    {200, B200},         {300, B300},         {600, B600},         {1200, B1200},       {1800, B1800},
    {2400, B2400},       {4800, B4800},       {9600, B9600},       {19200, B19200},     {38400, B38400},
    {57600, B57600},     {115200, B115200},   {230400, B230400},   {460800, B460800},   {500000, B500000},
    {576000, B576000},   {921600, B921600},   {1000000, B1000000}, {1152000, B1152000}, {1500000, B1500000},
    {2000000, B2000000}, {2500000, B2500000}, {3000000, B3000000}, {3500000, B3500000}, {4000000, B4000000},
}};

constexpr tcflag_t kParity = PARENB | PARODD | tcflag_t{CMSPAR};
constexpr tcflag_t kFraming = kParity | CSIZE | CSTOPB;
constexpr tcflag_t kRtsCts = CRTSCTS;
constexpr tcflag_t kXonXoff = IXON | IXOFF;

tcflag_t framing(const address::Serial& at) {
  constexpr std::array<tcflag_t, 4> kBits = {CS5, CS6, CS7, CS8};
  constexpr std::array<tcflag_t, 5> kParities = {0, PARENB, PARENB | PARODD, kParity, PARENB | tcflag_t{CMSPAR}};
  return kBits.at(at.data_bits - 5) | kParities.at(static_cast<std::size_t>(at.parity)) |
         (at.stop_bits == 2 ? CSTOPB : 0U);
}

}  // namespace

speed_t name_of_speed(unsigned baud) {
  const auto* const found =
      std::find_if(kSpeeds.begin(), kSpeeds.end(), [baud](const Speed& speed) { return speed.baud == baud; });
  return found == kSpeeds.end() ? B0 : found->name;
}

termios serial_settings(const address::Serial& at) {
  termios settings{};
  settings.c_cflag = framing(at) | CREAD | CLOCAL | (at.flow == FlowControl::rtscts ? kRtsCts : 0U);
  settings.c_iflag = at.flow == FlowControl::xonxoff ? kXonXoff : 0U;
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VSTART] = 0x11;  // ^Q and ^S, which somebody may have changed
  settings.c_cc[VSTOP] = 0x13;
  ::cfsetispeed(&settings, name_of_speed(at.speed));
  ::cfsetospeed(&settings, name_of_speed(at.speed));
  return settings;
}

std::string not_taken(const address::Serial& at, const termios& got) {
  const termios asked = serial_settings(at);
  std::string parts;
  const auto add = [&parts](const std::string& part) { parts += (parts.empty() ? "" : " and ") + part; };
  if (::cfgetospeed(&got) != ::cfgetospeed(&asked)) add(fmt::format("{} baud", at.speed));
  if ((got.c_cflag & kFraming) != (asked.c_cflag & kFraming)) {
    constexpr std::string_view kLetters = "neoms";
    add(fmt::format("{}{}{}", at.data_bits, kLetters.at(static_cast<std::size_t>(at.parity)), at.stop_bits));
  }
  if ((got.c_cflag & kRtsCts) != (asked.c_cflag & kRtsCts))
    add(at.flow == FlowControl::rtscts ? "rtscts" : "to be without rtscts");
  if ((got.c_iflag & kXonXoff) != (asked.c_iflag & kXonXoff))
    add(at.flow == FlowControl::xonxoff ? "xonxoff" : "to be without xonxoff");
  return parts;
}

}  // namespace charmux::backend
