// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace charmux::net {

/// setsockopt(2) of an int. A failure is of no consequence to any caller here (the socket's peer has gone, which its
/// next read says), so there is none to report.
void set_option(int fd, int level, int name, int value);

/// What every TCP connection has, viewer's or backend's: no delay for keystrokes, and keep-alive, so that a peer that
/// vanished is noticed after 60 s + 4 x 10 s of silence. (A peer that closed while half-closed here answers the first
/// probe with RST.)
void set_tcp_options(int fd);

/// Whether the socket is TCP of either family.
[[nodiscard]] bool is_tcp(int fd);
/// The other side is told that nothing more comes; what was sent before still arrives. False: it has gone already.
[[nodiscard]] bool end_sending(int fd);
/// close(2) will reset the connection and not linger: what is unsent then is thrown away.
void reset_when_closed(int fd);

}  // namespace charmux::net
