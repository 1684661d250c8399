// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "charmux/protocol/telnet.hpp"
#include "support/pieces.hpp"

namespace charmux::test {

/// The bytes of a line like "DO ECHO SB NAWS 00 50 00 18 SE 'ls' CR NUL": a word of telnet (a command brings its IAC),
/// quoted text, or two hex digits. Ends the program on a word it does not know.
inline Bytes wire(std::string_view line) {
  static const std::map<std::string_view, std::uint8_t> kBytes = {
      {"BINARY", 0},  {"ECHO", 1},     {"SGA", 3},       {"TM", 6},        {"TTYPE", 24}, {"NAWS", 31},
      {"TSPEED", 32}, {"LFLOW", 33},   {"LINEMODE", 34}, {"XDISPLOC", 35}, {"AUTH", 37},  {"ENCRYPT", 38},
      {"NEWENV", 39}, {"COMPORT", 44}, {"NUL", 0},       {"LF", 10},       {"CR", 13},    {"IAC", 255}};
  static const std::map<std::string_view, std::uint8_t> kCommands = {
      {"SE", 240}, {"NOP", 241}, {"DM", 242}, {"BRK", 243},  {"IP", 244},   {"AO", 245}, {"AYT", 246}, {"EC", 247},
      {"EL", 248}, {"GA", 249},  {"SB", 250}, {"WILL", 251}, {"WONT", 252}, {"DO", 253}, {"DONT", 254}};
  Bytes out;
  const auto add = [&](std::string_view word) {
    if (const auto byte = kBytes.find(word); byte != kBytes.end()) return out.push_back(std::byte{byte->second});
    if (const auto command = kCommands.find(word); command != kCommands.end())
      return append(out, std::array{std::byte{255}, std::byte{command->second}});
    std::uint8_t value = 0;
    const char* const end = word.data() + word.size();
    if (word.size() != 2 || std::from_chars(word.data(), end, value, 16).ptr != end) std::abort();
    out.push_back(std::byte{value});
  };
  while (!line.empty()) {
    const bool quoted = line.front() == '\'';
    const std::string_view rest = quoted ? line.substr(1) : line;
    const std::size_t end = std::min(rest.find(quoted ? '\'' : ' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    if (quoted)
      append(out, as_bytes(word));
    else if (!word.empty())
      add(word);
    line = rest.substr(std::min(end + 1, rest.size()));
  }
  return out;
}

/// Bytes for a person to compare: printable ones as they are, CR, LF and NUL as \r, \n and \0, others as \xNN. A '<' is
/// \x3c, so that no data looks like an event.
inline std::string shown(BytesView bytes) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const std::byte byte : bytes) {
    const auto value = std::to_integer<std::uint8_t>(byte);
    if (value == '\r' || value == '\n' || value == 0)
      out += value == '\r' ? "\\r" : value == '\n' ? "\\n" : "\\0";
    else if (value >= 0x20 && value < 0x7F && value != '<' && value != '\\')
      out += static_cast<char>(value);
    else
      out += {'\\', 'x', kHex[value >> 4U], kHex[value & 15U]};
  }
  return out;
}

/// What one end made of what it was fed: its events as one text, data as it came (so adjacent data is joined), the
/// others as "<brk>", "<80x24>", "<terminal xterm>", "<mark>", "<port 1 9600>", "<port signature minicom>"; and what it
/// sent back.
struct Transcript {
  std::string heard;  ///< see above
  std::string said;   ///< as shown() shows it
  bool binary_in = false;
  bool binary_out = false;
  friend bool operator==(const Transcript&, const Transcript&) = default;
};

inline std::string shown(const protocol::ComPortMessage& message) {
  if (message.command == protocol::ComPortCommand::signature)
    return "<port signature " + shown(as_bytes(message.text)) + ">";
  return "<port " + std::to_string(static_cast<int>(message.command)) + " " + std::to_string(message.value) + ">";
}

inline std::string shown(const protocol::TelnetEvent& event) {
  using namespace protocol;
  static constexpr std::array<std::string_view, 7> kSignals = {"dm", "brk", "ip", "ao", "ayt", "ec", "el"};
  if (const auto* data = std::get_if<TelnetData>(&event)) return shown(data->bytes);
  if (const auto* window = std::get_if<TelnetWindow>(&event))
    return "<" + std::to_string(window->columns) + "x" + std::to_string(window->rows) + ">";
  if (const auto* terminal = std::get_if<TelnetTerminal>(&event))
    return "<terminal " + shown(as_bytes(terminal->name)) + ">";
  if (std::holds_alternative<TelnetMark>(event)) return "<mark>";
  if (const auto* port = std::get_if<TelnetComPort>(&event)) return shown(port->message);
  const auto index = static_cast<std::size_t>(std::get<TelnetSignal>(event).command) - 242U;
  return "<" + std::string(kSignals.at(index)) + ">";
}

/// What `peer`, as it stands, makes of the pieces.
inline Transcript transcript(protocol::TelnetPeer peer, const Pieces& pieces) {
  Transcript out;
  Bytes replies;
  for (const Bytes& piece : pieces) {
    std::vector<protocol::TelnetEvent> events;
    peer.feed(piece, events, replies);
    for (const protocol::TelnetEvent& event : events) out.heard += shown(event);
  }
  out.said = shown(replies);
  out.binary_in = peer.binary_in();
  out.binary_out = peer.binary_out();
  return out;
}

}  // namespace charmux::test
