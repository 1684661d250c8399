// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "charmux/base/bytes.hpp"

namespace charmux::protocol {

/// Where an outgoing stream stands between two source bytes. All that a viewer needs beside its offset, so that two
/// viewers with equal offset, state and BINARY may be sent the same encoding. Starts as {}.
struct TelnetWireState {
  /// The last byte sent was a CR outside BINARY: the next source byte, if it is no LF, is preceded by NUL. In BINARY
  /// nothing is owed for it any more.
  bool after_cr = false;
  /// The last source byte was 0xFF, and only the first of its two was sent. The next byte out is the other one,
  /// whatever BINARY has become.
  bool owe_iac = false;

  friend bool operator==(const TelnetWireState&, const TelnetWireState&) = default;
};

/// Appends the wire form of all of `in` (RFC 854, 856): 0xFF doubled always; CR not followed by LF becomes CR NUL
/// unless `binary`. A CR at the end goes out bare, with what it may owe kept in `state`. An owed IAC comes first, also
/// when `in` is empty: a stream with `owe_iac` always has something to send.
void telnet_encode(BytesView in, bool binary, TelnetWireState& state, Bytes& out);

/// How far a partial send has come: source bytes that are done, and the state from which the rest goes on.
struct TelnetProgress {
  std::size_t consumed;
  TelnetWireState state;

  friend bool operator==(const TelnetProgress&, const TelnetProgress&) = default;
};

/// What it means that the first `sent` bytes of telnet_encode(in, binary, before) went out, and no more. A send may end
/// inside IAC IAC (the byte is done, an IAC is owed) or between CR and NUL (the CR is done). Encoding the rest from
/// there gives the bytes that are missing, so any sequence of partial sends puts the one encoding on the wire. Reads
/// the bytes that were sent, so when all were, take the state that telnet_encode() left instead.
[[nodiscard]] TelnetProgress telnet_progress(BytesView in, bool binary, TelnetWireState before, std::size_t sent);

}  // namespace charmux::protocol
