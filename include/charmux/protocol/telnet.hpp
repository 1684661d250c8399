// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "charmux/base/bytes.hpp"
#include "charmux/protocol/com_port.hpp"
#include "charmux/protocol/telnet_decoder.hpp"
#include "charmux/protocol/telnet_options.hpp"

namespace charmux::protocol {

/// What the peer typed or printed, with doubled IACs undone and CR fillers gone. Never empty. The bytes are a part of
/// what was fed, and live no longer than that.
struct TelnetData {
  BytesView bytes;
};

/// BRK, IP, AYT, AO, EC, EL or DM. What is done about it is the caller's business.
struct TelnetSignal {
  TelnetCommand command;
};

/// The size of the peer's window (RFC 1073). A zero is "unspecified"; 0x0 says nothing and is not reported.
struct TelnetWindow {
  std::uint16_t columns;
  std::uint16_t rows;
};

/// The name of the peer's terminal (RFC 1091), cut to TelnetPeer::kMaxTerminalName bytes. Any bytes: print it with
/// printable().
struct TelnetTerminal {
  std::string name;
};

/// The client has said DO TIMING-MARK (RFC 860): TelnetPeer::give_mark() is its answer, when all that is on the way to
/// the client has gone before it.
struct TelnetMark {};

/// A command of RFC 2217 from the other side, while COM-PORT-OPTION is in force.
struct TelnetComPort {
  ComPortMessage message;
};

using TelnetEvent = std::variant<TelnetData, TelnetSignal, TelnetWindow, TelnetTerminal, TelnetMark, TelnetComPort>;

/// One end of a telnet connection: what comes in becomes events, and the answers that the protocol owes. What goes out
/// is encoded by telnet_encode(). No I/O and no clock: the caller moves the bytes. Owned by its session; one thread.
class TelnetPeer {
 public:
  using Role = TelnetRole;

  /// Bytes of a terminal's name that are kept (RFC 1091 allows 40); the rest is cut off.
  static constexpr std::size_t kMaxTerminalName = 64;

  /// `role` is ours.
  explicit TelnetPeer(Role role) : decoder_(role), options_(role) {}

  /// A client's terminal: its name and its window are told to a server that asks for them (RFC 1091, 1073). Before any
  /// feed(). Without it a client refuses to tell.
  void have_terminal(std::string name, TelnetWindow window);
  /// The terminal's window has another size now; appends what tells the server, if it wants to know.
  void resize(TelnetWindow window, Bytes& replies);

  /// COM-PORT-OPTION is granted to a peer that asks for it. Before any feed().
  void allow_com_port() { options_.allow_com_port(); }
  /// This connection is about a serial port; see TelnetOptions. Before greet(), which a client needs then, too.
  void want_com_port() { options_.want_com_port(); }
  /// Whether commands of RFC 2217 may be sent, and are heard.
  [[nodiscard]] bool com_port() const {
    return options_.peers(TelnetOption::com_port) || options_.ours(TelnetOption::com_port);
  }
  /// Whether a client's wish for it is still to be answered.
  [[nodiscard]] bool com_port_asked() const { return !com_port() && options_.asked(TelnetOption::com_port); }

  /// Appends what this end says first: a server's offers and wishes; of a client, mostly nothing. Once, before any
  /// feed().
  void greet(Bytes& replies) { options_.greet(replies); }

  /// Consumes all of `in`; appends to `events` what it means, and to `replies` what must be sent back for it: after all
  /// that was encoded under the binary_out() of before this call, and before all that is encoded after it. Events are
  /// at most a few dozen bytes for each byte fed, so feed bounded pieces.
  void feed(BytesView in, std::vector<TelnetEvent>& events, Bytes& replies);

  /// Whether what is fed from now on stands before the end of TCP's urgent data: RFC 854's Synch. Then data is
  /// discarded, and on to the DM behind it; commands are heard. A DM by itself discards nothing.
  void set_urgent(bool urgent) {
    discards_ = discards_ || (urgent && !urgent_);
    urgent_ = urgent;
  }
  /// How much data a Synch has discarded.
  [[nodiscard]] std::uint64_t discarded() const { return discarded_; }

  /// Appends the answer to a TelnetMark.
  static void give_mark(Bytes& replies);

  /// Whether we send in BINARY: CR is not stuffed.
  [[nodiscard]] bool binary_out() const { return options_.ours(TelnetOption::binary); }
  /// Whether the peer sends in BINARY: CR has no filler.
  [[nodiscard]] bool binary_in() const { return options_.peers(TelnetOption::binary); }

 private:
  [[nodiscard]] bool discards_data(std::size_t bytes);
  void signal(TelnetCommand command, std::vector<TelnetEvent>& events);
  void hear(const TelnetDecoder::Negotiation& negotiation, std::vector<TelnetEvent>& events, Bytes& replies);
  void note(const TelnetDecoder::Subnegotiation& sub, std::vector<TelnetEvent>& events) const;
  void answer(const TelnetDecoder::Subnegotiation& sub, Bytes& replies);
  void tell_window(Bytes& replies) const;

  TelnetDecoder decoder_;
  TelnetOptions options_;
  std::string terminal_;   ///< a client's
  TelnetWindow window_{};  ///< a client's
  int terminal_answers_ = 0;
  bool urgent_ = false;    ///< see set_urgent()
  bool discards_ = false;  ///< a Synch's DM is waited for.
  std::uint64_t discarded_ = 0;
  bool asked_terminal_ = false;  ///< SB TERMINAL-TYPE SEND went out; asking again would make some clients rotate names
};

}  // namespace charmux::protocol
