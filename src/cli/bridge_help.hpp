// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace charmux::cli {

/// What `charmux bridge --help` prints below the usage.
inline constexpr std::string_view kBridgeHelp =
    "\n"
    "Opens BACKEND once and shares it with all who come in at a LISTENER: no daemon,\n"
    "no file. The first to come types, the others watch.\n"
    "\n"
    "  BACKEND    pty:/dev/pts/3, unix:/path, tcp:host:port, unix-listen:/path, ...\n"
    "  LISTENER   telnet:127.0.0.1:7001, raw:/path, ...; with options, such as\n"
    "             access=watch, replay=64KiB; off loopback only with insecure\n"
    "  --once     end with the first client, when nobody else is there, or with the\n"
    "             backend; fail if that cannot be opened at the first try. A client\n"
    "             that has closed its sending side is gone after 2 s of silence\n"
    "  -v         show what passes on stderr, in hex: < from BACKEND, > to it.\n"
    "             A terminal that stands still stops the bridge, too\n"
    "\n"
    "A BACKEND that is not there is waited for. SIGINT, SIGTERM and SIGHUP end it;\n"
    "clients have 2 s for what is queued, and a second signal ends it at once.\n"
    "\n"
    "Exit codes: 0 ended as asked, 64 wrong usage or address, 69 no backend (--once),\n"
    "73 cannot listen, 75 port taken or backend held by another, 77 not permitted.\n";

}  // namespace charmux::cli
