// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace charmux::discovery {

/// What query-chardev's `filename` says, as far as it says anything: it is a text for people, and QEMU escapes nothing
/// in it (chardev/char-socket.c and char-pty.c; 5.2 to 10.2, which spell a server ",server" or ",server=on").
struct ChardevFilename {
  enum class Kind {
    pty,          ///< `place` is its path.
    unix_socket,  ///< `place` is its path or abstract name; empty where QEMU prints a name that it does not have.
    tcp,          ///< raw, TLS and tn3270 alike. `host` and `port` are QEMU's end, or where it connects to.
    telnet,       ///< with or without WebSocket around it
    websocket,
    vsock,    ///< `place` is CID:PORT.
    fd,       ///< `place` is the descriptor's number or name, or empty: a socket that QEMU was given.
    unknown,  ///< a socket that QEMU has no words for: a connected vsock.
    plain,    ///< `place` is the kind's bare name: "null", "mux", "vc", ...
  };
  Kind kind = Kind::plain;
  std::string place;
  std::string host;        ///< without brackets
  std::string port;        ///< a number, or a service's name
  bool abstract = false;   ///< `place` is a name in the abstract namespace.
  bool server = false;     ///< QEMU listens. Never said of vsock.
  bool connected = false;  ///< of sockets: somebody is at the other end.
  std::string peer;        ///< who that is, as QEMU prints it; only of TCP
  friend bool operator==(const ChardevFilename&, const ChardevFilename&) = default;
};

[[nodiscard]] ChardevFilename parse_chardev_filename(std::string_view text);

}  // namespace charmux::discovery
