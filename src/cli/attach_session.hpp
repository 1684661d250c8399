// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "charmux/base/bytes.hpp"
#include "charmux/base/unique_fd.hpp"
#include "charmux/protocol/telnet.hpp"
#include "charmux/protocol/telnet_encoder.hpp"
#include "cli/leave_keys.hpp"
#include "cli/output.hpp"
#include "cli/raw_terminal.hpp"
#include "cli/signal_queue.hpp"
#include "frontend/escape_keys.hpp"

namespace charmux::cli {

/// A person, or a program, at a console: stdin goes to charmuxd and what it says to stdout, by telnet, until one of
/// them ends it. Reads the terminal that `terminal` has put in raw mode; null when stdin is none, and then nothing that
/// is read is a key. One run.
class AttachSession {
 public:
  /// How it ended.
  struct End {
    /// `key`: one that this side knows, or one that charmuxd knows and has closed the session for.
    enum class By { key, server, signal, stdin_gone, stdout_gone, fault } by;
    int number = 0;  ///< of the signal, or the errno of a fault
  };

  /// `first` came with the answer to the upgrade. `signals` outlives it, and so does `terminal`.
  AttachSession(UniqueFd connection, BytesView first, LeaveKey key, RawTerminal* terminal, SignalQueue& signals);

  [[nodiscard]] End run();
  /// Whether what was printed last ended a line.
  [[nodiscard]] bool at_line_start() const { return output_.last() == std::byte{'\n'}; }

 private:
  void hear(BytesView bytes);
  void type(BytesView bytes);
  void watch_keys(BytesView typed);
  [[nodiscard]] std::optional<End> read_stdin();
  void read_connection();
  void send_waiting();
  [[nodiscard]] std::optional<End> take_signals();
  [[nodiscard]] std::optional<End> write_output();
  [[nodiscard]] std::optional<End> turn();
  /// charmuxd has closed the session, and all that it said is written.
  [[nodiscard]] bool finished() const { return server_closed_ && output_.empty(); }

  UniqueFd connection_;
  LeaveKeys keys_;
  frontend::EscapeKeys server_keys_;  ///< as charmuxd reads what it is sent, whose sequence may have been changed.
  bool told_to_disconnect_ = false;
  RawTerminal* terminal_;
  SignalQueue& signals_;
  protocol::TelnetPeer peer_{protocol::TelnetPeer::Role::client};
  protocol::TelnetWireState wire_state_;
  std::vector<protocol::TelnetEvent> events_;
  Bytes to_send_;
  Output output_;
  bool stdin_open_ = true;
  bool server_closed_ = false;
};

}  // namespace charmux::cli
