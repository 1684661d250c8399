// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "charmux/protocol/com_port.hpp"
#include "charmux/protocol/telnet.hpp"
#include "kit/connection.hpp"
#include "kit/house.hpp"

namespace charmux::test {

/// A program that takes a console for a serial port behind a terminal server (RFC 2217).
class PortClient : public Connection {
 public:
  explicit PortClient(Connection connection) : Connection(std::move(connection)) {
    peer_.want_com_port();
    Bytes greeting;
    peer_.greet(greeting);
    write(as_text(greeting));
  }

  void poll() {
    Connection::poll();
    const std::string wire = take_received();
    std::vector<protocol::TelnetEvent> events;
    Bytes replies;
    peer_.feed(as_bytes(wire), events, replies);
    for (const auto& event : events) {
      if (const auto* data = std::get_if<protocol::TelnetData>(&event)) text_ += as_text(data->bytes);
      if (const auto* port = std::get_if<protocol::TelnetComPort>(&event)) heard_.push_back(port->message);
    }
    write(as_text(replies));
  }
  void say(const protocol::ComPortMessage& message) {
    Bytes out;
    protocol::write_com_port(message, false, out);
    write(as_text(out));
  }
  /// Console bytes, and whatever else is no telnet.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Messages that have come, and were not taken yet: "1=9600 5=8 7=b0" (a notice's value in hex, a signature's text).
  [[nodiscard]] std::string heard() const {
    std::string all;
    for (const protocol::ComPortMessage& message : heard_) {
      const int command = static_cast<int>(message.command);
      const bool notice = command == 6 || command == 7;
      if (!all.empty()) all += ' ';
      all += command == 0
                 ? "0=" + message.text
                 : fmt::format("{}=", command) + fmt::format(fmt::runtime(notice ? "{:x}" : "{}"), message.value);
    }
    return all;
  }
  std::string take_heard() {
    std::string all = heard();
    heard_.clear();
    return all;
  }
  /// Binary both ways and the option are agreed on.
  [[nodiscard]] bool agreed() const { return peer_.com_port() && peer_.binary_in() && peer_.binary_out(); }

 private:
  protocol::TelnetPeer peer_{protocol::TelnetRole::client};
  std::string text_;
  std::vector<protocol::ComPortMessage> heard_;
};

/// A client that is there, and was told the lines.
inline PortClient attach_port(House& house, const At& door) {
  PortClient client(connect_to(door));
  house.run_until("the port is open", [&] {
    client.poll();
    return client.agreed() && !client.heard().empty();
  });
  return client;
}

/// What the client is told by `words` messages that come now.
inline std::string wait_heard(House& house, PortClient& client, int words) {
  house.run_until("the port has answered", [&] {
    client.poll();
    return count_of("=", client.heard()) >= words;
  });
  return client.take_heard();
}

/// What the port answers.
inline std::string asked(House& house, PortClient& client, const protocol::ComPortMessage& message) {
  client.say(message);
  return wait_heard(house, client, 1);
}

}  // namespace charmux::test
