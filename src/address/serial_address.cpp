// SPDX-License-Identifier: Apache-2.0
#include "charmux/address/serial_address.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "charmux/address/parts.hpp"

namespace charmux::address {
namespace {

constexpr std::array<unsigned, 30> kSpeeds = {50,      75,      110,     134,     150,     200,    300,     600,
                                              1200,    1800,    2400,    4800,    9600,    19200,  38400,   57600,
                                              115200,  230400,  460800,  500000,  576000,  921600, 1000000, 1152000,
                                              1500000, 2000000, 2500000, 3000000, 3500000, 4000000};

constexpr std::string_view kParities = "neoms";  // in the order of Parity

std::string_view name_of(FlowControl flow) {
  switch (flow) {
    case FlowControl::none: return "none";
    case FlowControl::rtscts: return "rtscts";
    case FlowControl::xonxoff: return "xonxoff";
  }
  return "?";
}

/// The one that is off by the smallest part of itself.
unsigned nearest_speed(unsigned speed) {
  const auto above = std::lower_bound(kSpeeds.begin(), kSpeeds.end(), speed);
  if (above == kSpeeds.end()) return kSpeeds.back();
  if (above == kSpeeds.begin()) return kSpeeds.front();
  return *above - speed < speed - above[-1] ? *above : above[-1];
}

}  // namespace

std::span<const unsigned> serial_speeds() { return kSpeeds; }

Status parse_speed(std::string_view text, Serial& into) {
  unsigned speed = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, speed);
  if (read.ptr != end || read.ec != std::errc{})
    return failure("{} is not a speed: write one in baud, such as 115200", in_quotes(text));
  if (!std::binary_search(kSpeeds.begin(), kSpeeds.end(), speed))
    return failure("Linux has no speed {}: the nearest is {}", speed, nearest_speed(speed));
  into.speed = speed;
  return {};
}

Status parse_framing(std::string_view text, Serial& into) {
  const bool right = text.size() == 3 && text[0] >= '5' && text[0] <= '8' &&
                     kParities.find(text[1]) != std::string_view::npos && (text[2] == '1' || text[2] == '2');
  if (!right)
    return failure(
        "{} is not a framing: write data bits (5-8), parity (n, e, o, m or s) and stop bits (1 or 2), "
        "such as 8n1",
        in_quotes(text));
  into.data_bits = static_cast<unsigned>(text[0] - '0');
  into.parity = static_cast<Parity>(kParities.find(text[1]));
  into.stop_bits = static_cast<unsigned>(text[2] - '0');
  return {};
}

Status parse_flow(std::string_view text, Serial& into) {
  if (text == "rtscts")
    into.flow = FlowControl::rtscts;
  else if (text == "xonxoff")
    into.flow = FlowControl::xonxoff;
  else if (text == "none")
    into.flow = FlowControl::none;
  else
    return failure("{} is no flow control: use rtscts, xonxoff or none", in_quotes(text));
  return {};
}

std::string to_text(const Framing& framing) {
  return fmt::format("{}{}{}", framing.data_bits, kParities[static_cast<std::size_t>(framing.parity)],
                     framing.stop_bits);
}

std::string to_text(const Serial& serial) {
  const Framing framing{serial.data_bits, serial.parity, serial.stop_bits};
  std::string text = fmt::format("serial:{},{},{}", with_doubled_commas(serial.path), serial.speed, to_text(framing));
  if (serial.flow != FlowControl::none) text += fmt::format(",{}", name_of(serial.flow));
  return text;
}

std::string to_text(const RemotePort& port) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ",") + part; };
  if (port.speed) add(std::to_string(*port.speed));
  if (port.framing) add(to_text(*port.framing));
  if (port.flow) add(std::string(name_of(*port.flow)));
  return text;
}

}  // namespace charmux::address
