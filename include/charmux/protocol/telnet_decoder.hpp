// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "charmux/base/bytes.hpp"
#include "charmux/protocol/telnet_options.hpp"

namespace charmux::protocol {

/// The byte machine of telnet (RFC 854, 855): wire bytes to tokens, with no opinion on what an option means. Its state
/// survives any split of the input. Owned by its TelnetPeer; one thread.
///
/// The CR rule. Outside BINARY (RFC 856) a CR is given at once and the next data byte may be its filler, which is not
/// given: NUL always; LF too where a client's Enter arrives (we are the server: CR LF and CR NUL are both one CR), but
/// not where a server's text arrives (we are the client: CR LF moves down a line). Commands may stand between the two.
/// A CR that came in BINARY has no filler, and one met after BINARY was switched on is data.
class TelnetDecoder {
 public:
  /// Bytes of one sub-negotiation, option byte included. A longer one is skipped up to its IAC SE, and dropped.
  static constexpr std::size_t kMaxSubnegotiation = 512;

  /// What the peer types or prints. A part of the input, until that goes.
  struct Data {
    BytesView bytes;
  };
  /// IAC and one byte that is none of the following; may be a number without a name.
  struct Command {
    TelnetCommand command;
  };
  /// IAC WILL, WONT, DO or DONT and an option.
  struct Negotiation {
    TelnetCommand verb;
    std::uint8_t option;
  };
  /// IAC SB option payload IAC SE, each doubled IAC undone. The payload is the decoder's, until the next call.
  struct Subnegotiation {
    std::uint8_t option;
    BytesView payload;
  };
  using Token = std::variant<Data, Command, Negotiation, Subnegotiation>;

  /// `role` is ours; it chooses the CR rule.
  explicit TelnetDecoder(TelnetRole role) : role_(role) {}

  /// Takes the next token off the front of `in`. Nothing when `in` is used up. `binary` says whether the peer sends in
  /// BINARY now; it may change after each token.
  [[nodiscard]] std::optional<Token> next(BytesView& in, bool binary);

 private:
  enum class State : std::uint8_t { data, iac, negotiation, sub, sub_iac };

  [[nodiscard]] bool is_filler(std::byte byte) const;
  [[nodiscard]] Data take_run(BytesView& in, bool binary);
  [[nodiscard]] std::optional<Token> step(std::byte byte);
  [[nodiscard]] std::optional<Token> step_iac(std::byte byte);
  [[nodiscard]] std::optional<Token> step_sub_iac(std::byte byte);
  [[nodiscard]] std::optional<Token> end_sub();
  [[nodiscard]] bool is_window() const;
  [[nodiscard]] bool is_whole_window() const;
  void keep(std::byte byte);

  TelnetRole role_;
  State state_ = State::data;
  bool after_cr_ = false;     ///< the last data byte was a CR outside BINARY
  bool sub_dropped_ = false;  ///< the sub-negotiation is too long or broken, and only its end is of interest
  TelnetCommand verb_{};      ///< of the negotiation whose option comes next
  Bytes sub_;                 ///< option and payload so far
};

}  // namespace charmux::protocol
