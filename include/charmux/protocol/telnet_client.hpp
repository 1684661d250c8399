// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "charmux/protocol/com_port.hpp"
#include "charmux/protocol/telnet.hpp"
#include "charmux/protocol/telnet_encoder.hpp"

namespace charmux::protocol {

/// Our end of a connection to a terminal server, or to a telnet chardev of QEMU, which looks like one and is not: it
/// greets with WILL ECHO, WILL SUPPRESS-GO-AHEAD, WILL BINARY, DO BINARY, and from then on answers nothing and doubles
/// no 0xFF of its guest; to it each command has three bytes but BREAK, so that NOP, AYT or a sub-negotiation would type
/// into the guest (QEMU 7.2, chardev/char-socket.c). Nothing of the kind is ever sent here.
///
/// Whoever greets so is asked for a TIMING-MARK (RFC 860), which a server that knows RFC 855 answers, be it with WONT;
/// who says more options behind that greeting is a server, too. Until that is settled an 0xFF may be held back: it is
/// told as data by what comes behind it, or by settle().
///
/// Of RFC 2217 this is the client, where that is wanted: COM-PORT-OPTION is asked for at once, by commands of three
/// bytes, and nothing more is said of it unless a server has agreed.
///
/// No I/O and no clock. Owned by a backend's channel; one thread.
class TelnetClient {
 public:
  /// Appends to `data` what the other side printed, and to `replies` what is to be sent back for it, ahead of all that
  /// is encoded later.
  void feed(BytesView in, Bytes& data, Bytes& replies);
  /// The other side has had time enough to answer: whoever greeted as QEMU does and has not is QEMU. Appends what was
  /// held back.
  void settle(Bytes& data);
  /// Whether settle() is still to be called, some time after the first feed().
  [[nodiscard]] bool unsettled() const { return state_ == State::probing; }
  /// From now on what comes is data as it is, and feed() need not be called.
  [[nodiscard]] bool transparent() const { return state_ == State::qemu; }

  /// Where COM-PORT-OPTION stands.
  enum class ComPort {
    unwanted,
    asked,  ///< not answered yet, and QEMU never will.
    agreed,
    refused,  ///< by a server.
    qemu,     ///< there is no server.
  };
  /// Appends the wish for it. Before any feed().
  void want_com_port(Bytes& out);
  [[nodiscard]] ComPort com_port() const;
  /// What the server has said of its port since the last time.
  [[nodiscard]] std::vector<ComPortMessage> take_messages() { return std::exchange(messages_, {}); }
  /// Appends a command to it. Only while it is agreed.
  void encode(const ComPortMessage& message, Bytes& out) const;

  /// Appends what is typed as it goes over the wire.
  void encode(BytesView typed, Bytes& out) { telnet_encode(typed, peer_.binary_out(), wire_, out); }
  /// Appends IAC BREAK.
  static void encode_break(Bytes& out);

 private:
  enum class State {
    greeting,  ///< all so far is as QEMU begins.
    probing,   ///< QEMU's greeting is complete; no 0xFF was data yet.
    qemu,
    server,
  };
  [[nodiscard]] std::size_t take_greeting(BytesView in, Bytes& data, Bytes& replies);
  void probe(std::byte byte, Bytes& data, Bytes& replies);
  void decode(BytesView in, Bytes& data, Bytes& replies);

  State state_ = State::greeting;
  std::size_t greeted_ = 0;  ///< bytes of QEMU's greeting that have come.
  bool said_more_ = false;   ///< data came behind the greeting.
  Bytes held_;               ///< an 0xFF and what may make a command of it.
  TelnetPeer peer_{TelnetRole::client};
  TelnetWireState wire_;
  bool wants_com_port_ = false;
  std::vector<ComPortMessage> messages_;
};

}  // namespace charmux::protocol
