// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "charmux/protocol/telnet.hpp"
#include "charmux/protocol/telnet_decoder.hpp"
#include "kit/connection.hpp"

namespace charmux::test {

/// A telnet client: what its user sees is text(). It agrees to what a person's client agrees to (BINARY among it), or
/// never answers and stays an NVT.
class TelnetClient : public Connection {
 public:
  enum class Answers { yes, never };
  explicit TelnetClient(Connection connection, Answers answers = Answers::yes)
      : Connection(std::move(connection)), answers_(answers) {}

  void poll() {
    Connection::poll();
    decode();
  }
  /// Reads at most `most` bytes off the socket.
  void poll_some(std::size_t most) {
    flush();
    take(most);
    decode();
  }
  /// What the user sees, notices included.
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool sees(std::string_view part) const { return text_.find(part) != std::string::npos; }
  /// IAC and a command.
  void command(std::uint8_t number) { write(std::string{'\xFF', static_cast<char>(number)}); }
  /// Whether the server sends in BINARY.
  [[nodiscard]] bool binary() const { return peer_.binary_in(); }

 private:
  void decode() {
    const std::string wire = take_received();
    BytesView rest = as_bytes(wire);
    if (answers_ == Answers::never) {
      while (const auto token = nvt_.next(rest, false))
        if (const auto* data = std::get_if<protocol::TelnetDecoder::Data>(&*token)) text_ += as_text(data->bytes);
      return;
    }
    std::vector<protocol::TelnetEvent> events;
    Bytes replies;
    peer_.feed(rest, events, replies);
    for (const auto& event : events)
      if (const auto* data = std::get_if<protocol::TelnetData>(&event)) text_ += as_text(data->bytes);
    write(as_text(replies));
  }

  Answers answers_;
  protocol::TelnetPeer peer_{protocol::TelnetRole::client};
  protocol::TelnetDecoder nvt_{protocol::TelnetRole::client};
  std::string text_;
};

/// Telnet commands, as numbers on the wire (RFC 854).
inline constexpr std::uint8_t kBreak = 243;
inline constexpr std::uint8_t kInterruptProcess = 244;
inline constexpr std::uint8_t kAreYouThere = 246;

/// What a user saw without charmux's own lines: what the console printed. Each notice goes with the line end behind it
/// and with one CR LF before it, so the console itself must print no CR LF, nor "[charmux".
inline std::string console_bytes(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t notice = text.find("[charmux: ", at);
    const std::size_t end = notice == std::string_view::npos ? notice : text.find("]\r\n", notice);
    if (end == std::string_view::npos) {
      bytes += text.substr(at);
      break;
    }
    std::string_view before = text.substr(at, notice - at);
    if (before.size() >= 2 && before.substr(before.size() - 2) == "\r\n") before.remove_suffix(2);
    bytes += before;
    at = end + 3;
  }
  return bytes;
}

/// The notices a user saw, in order, without brackets and prefix.
inline std::vector<std::string> notices_in(std::string_view text) {
  static constexpr std::string_view kPrefix = "[charmux: ";
  std::vector<std::string> all;
  for (std::size_t at = 0; (at = text.find(kPrefix, at)) != std::string_view::npos;) {
    const std::size_t end = text.find("]\r\n", at);
    if (end == std::string_view::npos) break;
    all.emplace_back(text.substr(at + kPrefix.size(), end - at - kPrefix.size()));
    at = end;
  }
  return all;
}

}  // namespace charmux::test
