// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>

#include "charmux/base/bytes.hpp"

namespace charmux::protocol {

/// The byte after IAC (RFC 854).
enum class TelnetCommand : std::uint8_t {
  se = 240,
  nop = 241,
  dm = 242,
  brk = 243,
  ip = 244,
  ao = 245,
  ayt = 246,
  ec = 247,
  el = 248,
  ga = 249,
  sb = 250,
  will = 251,
  wont = 252,
  do_ = 253,
  dont = 254,
  iac = 255,
};

/// The options that have a name here; a peer may speak of any other number (IANA, "Telnet Options").
enum class TelnetOption : std::uint8_t {
  binary = 0,
  echo = 1,
  suppress_go_ahead = 3,
  timing_mark = 6,
  terminal_type = 24,
  window_size = 31,
  terminal_speed = 32,
  flow_control = 33,
  linemode = 34,
  x_display = 35,
  authentication = 37,
  encryption = 38,
  new_environ = 39,
  com_port = 44,
  start_tls = 46,
  compress2 = 86,
};

/// Which end of the connection we are. The server echoes and hands characters on; the client has the keyboard.
enum class TelnetRole : std::uint8_t { server, client };

/// One side of one option (RFC 1143 section 7; "opposite" is its queue bit). The option is in force in `yes` only.
enum class OptionState : std::uint8_t { no, yes, want_no, want_no_opposite, want_yes, want_yes_opposite };

/// What a step makes us say: `on` is WILL for our own side and DO for the peer's, `off` is WONT and DONT.
enum class OptionWord : std::uint8_t { nothing, on, off };

/// One step of the Q-method.
struct OptionStep {
  OptionState next;
  OptionWord say;
  friend bool operator==(const OptionStep&, const OptionStep&) = default;
};

/// The peer has spoken: `on` is WILL (of its side) or DO (of ours), otherwise WONT or DONT. `agree` says whether the
/// policy grants it; it matters in state `no` alone.
[[nodiscard]] OptionStep option_heard(OptionState state, bool on, bool agree);

/// We want the option on or off. Wanting what is so already says nothing.
[[nodiscard]] OptionStep option_wanted(OptionState state, bool on);

/// What two ends have agreed on (RFC 855), kept by the Q-method of RFC 1143 per option and side, and the policy of our
/// role. A server has ECHO, SUPPRESS-GO-AHEAD and BINARY on its side, wants BINARY, NAWS and TERMINAL-TYPE of the peer,
/// lets it have SUPPRESS-GO-AHEAD, and each DO TIMING-MARK is answered (by its owner, see asks_mark()). A client grants
/// ECHO, SUPPRESS-GO-AHEAD and BINARY to the server and has the last two itself; with a terminal NAWS and
/// TERMINAL-TYPE, too. COM-PORT-OPTION only for those who say so, on both sides, since clients ask for either.
/// Everything else is refused: once a side and option, and then met with silence.
///
/// Owned by its TelnetPeer; one thread.
class TelnetOptions {
 public:
  /// Answers given in one connection. The 1025th request and all after it are ignored, with no change of state: a peer
  /// that never settles gets silence, not a loop. (An interactive client needs about ten, and one more a TIMING-MARK.)
  static constexpr int kMaxAnswers = 1024;

  explicit TelnetOptions(TelnetRole role) : role_(role) {}

  /// A person's terminal is at this end: a client that says so has NAWS and TERMINAL-TYPE. Before anything is heard.
  void have_terminal() { has_terminal_ = true; }

  /// COM-PORT-OPTION (RFC 2217) is granted to a peer that asks for it. Before anything is heard.
  void allow_com_port() { com_port_ = true; }
  /// This connection is about a serial port: greet() asks for COM-PORT-OPTION and for what such clients and servers
  /// need of each other, and for nothing that only a person's terminal has. Before greet().
  void want_com_port() { com_port_ = wants_com_port_ = true; }

  /// What a server says first: WILL ECHO, WILL SUPPRESS-GO-AHEAD, WILL BINARY, DO BINARY, DO NAWS, DO TERMINAL-TYPE.
  /// There is no DO SUPPRESS-GO-AHEAD among them: busybox takes it for ours and answers DONT. A client says nothing.
  ///
  /// One that wants COM-PORT-OPTION says WILL and DO BINARY and SUPPRESS-GO-AHEAD, a client behind WILL COM-PORT-OPTION
  /// and a server before DO COM-PORT-OPTION: RFC 2217's client is the side that has it.
  void greet(Bytes& replies);

  /// The peer has said IAC `verb` `option`; appends the answer, where there is one. Any other verb is ignored.
  void heard(TelnetCommand verb, std::uint8_t option, Bytes& replies);
  /// Whether that asks a server for a TIMING-MARK which is to be answered; it counts as an answer, and is not heard()
  /// then. RFC 860: a mark is an event, not a state; each request is answered, and none is remembered.
  [[nodiscard]] bool asks_mark(TelnetCommand verb, std::uint8_t option);

  /// Whether the option is in force on our side (we said WILL, it said DO).
  [[nodiscard]] bool ours(TelnetOption option) const;
  /// Whether the option is in force on the peer's side (it said WILL, we said DO).
  [[nodiscard]] bool peers(TelnetOption option) const;
  /// Whether we have said WILL and the peer has not answered yet.
  [[nodiscard]] bool asked(TelnetOption option) const;
  [[nodiscard]] TelnetRole role() const { return role_; }

 private:
  /// Options above this are never granted, so their state is always `no`.
  static constexpr std::size_t kTracked = 64;
  using States = std::array<OptionState, kTracked>;

  [[nodiscard]] bool granted(std::uint8_t option, bool our_side) const;
  [[nodiscard]] bool refused_before(std::uint8_t option, bool our_side);
  void greet_as_port(Bytes& replies);
  void want(States& side, TelnetCommand on, TelnetOption option, Bytes& replies);

  TelnetRole role_;
  bool has_terminal_ = false;
  bool com_port_ = false;
  bool wants_com_port_ = false;
  States ours_{};
  States peers_{};
  std::bitset<256> refused_ours_;
  std::bitset<256> refused_peers_;
  int answers_ = 0;
};

}  // namespace charmux::protocol
