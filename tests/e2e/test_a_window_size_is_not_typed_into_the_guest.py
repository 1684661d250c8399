# SPDX-License-Identifier: Apache-2.0
"""I make my terminal bigger. The client tells charmuxd its new size, with bytes that look like telnet's own (240 is SE, 255
is IAC); not one of them is typed into the guest."""

import re

from support import LIVE

SIZES = ((80, 24), (240, 50), (255, 255), (496, 240))


def test_a_window_size_is_not_typed_into_the_guest(kit):
    guest = kit.guest({"boot": "null", "vm": "unix"})
    daemon = kit.daemon("--console", f"vm={guest.address('vm')}", "--listen", "telnet:127.0.0.1:7001,console=vm",
                        "--log-level", "debug")
    guest.wait_ready("vm")
    person = kit.on_terminal("telnet", "127.0.0.1", "7001")
    person.wait_for(LIVE)
    person.type(b"stty raw -echo; echo go-$((6 * 7)); head -c 3 | od -A n -t x1; stty sane\r")
    person.wait_for(b"go-42")
    for columns, rows in SIZES:
        person.resize(rows, columns)
        daemon.wait_log(rf"has a window of {columns} columns, {rows} rows$")
    person.type(b"xyz")
    person.wait_for(b"78 79 7a")
    sizes = [tuple(map(int, found)) for found in re.findall(r"a window of (\d+) columns, (\d+) rows", daemon.log())]
    assert list(dict.fromkeys(sizes)) == list(SIZES)
