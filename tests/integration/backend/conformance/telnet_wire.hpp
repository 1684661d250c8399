// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "charmux/protocol/telnet.hpp"
#include "charmux/protocol/telnet_encoder.hpp"

namespace charmux::test {

/// How QEMU 7.2 speaks telnet: nothing that its guest prints is changed, nothing is answered, and each command has
/// three bytes, but for BREAK (chardev/char-socket.c).
class QemuWire {
 public:
  static std::string greeting() { return {"\xff\xfb\x01\xff\xfb\x03\xff\xfb\x00\xff\xfd\x00", 12}; }
  static std::string encode(std::string_view bytes) { return std::string(bytes); }
  /// Appends to `typed` what reaches the guest; returns the answer.
  std::string hear(std::string_view wire, std::string& typed) {
    for (const char byte : wire) step(byte, typed);
    return {};
  }
  int breaks = 0;

 private:
  void step(char byte, std::string& typed) {
    const bool iac = byte == '\xff';
    if (at_ == 0 && iac) return void(at_ = 1);
    if (at_ == 0 || (at_ == 1 && iac)) {
      at_ = 0;
      typed += byte;
    } else if (at_ == 1 && byte == '\xf3') {
      at_ = 0;
      ++breaks;
    } else {
      at_ = (at_ + 1) % 3;
    }
  }
  int at_ = 0;  ///< bytes of a command that have come.
};

/// A terminal server that knows RFC 855, by the codec that charmux's own doors use.
class ServerWire {
 public:
  static std::string greeting() {
    Bytes out;
    protocol::TelnetPeer(protocol::TelnetRole::server).greet(out);
    return std::string(as_text(out));
  }
  std::string encode(std::string_view bytes) {
    Bytes out;
    protocol::telnet_encode(as_bytes(bytes), peer_.binary_out(), wire_, out);
    return std::string(as_text(out));
  }
  std::string hear(std::string_view wire, std::string& typed) {
    std::vector<protocol::TelnetEvent> events;
    Bytes answer;
    peer_.feed(as_bytes(wire), events, answer);
    for (const protocol::TelnetEvent& event : events) {
      if (const auto* data = std::get_if<protocol::TelnetData>(&event)) typed += as_text(data->bytes);
      if (const auto* signal = std::get_if<protocol::TelnetSignal>(&event))
        breaks += signal->command == protocol::TelnetCommand::brk ? 1 : 0;
      if (std::holds_alternative<protocol::TelnetMark>(event)) protocol::TelnetPeer::give_mark(answer);
    }
    return std::string(as_text(answer));
  }
  int breaks = 0;

 private:
  protocol::TelnetPeer peer_ = greeted();
  static protocol::TelnetPeer greeted() {
    protocol::TelnetPeer peer(protocol::TelnetRole::server);
    Bytes said;
    peer.greet(said);
    return peer;
  }
  protocol::TelnetWireState wire_;
};

}  // namespace charmux::test
