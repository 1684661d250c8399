# SPDX-License-Identifier: Apache-2.0
"""The guest prints each of the 256 values that a byte has (a download by kermit, a picture by cat): raw clients and telnet
clients, with BINARY and without, get these very bytes, and the console goes on as before. One byte (ENQ) asks a terminal
who it is: of the telnet clients the one that types gets it, and none from the history."""

from support import LIVE

ALL = bytes(range(256))
UNASKED = ALL.replace(b"\x05", b"")
PRINT_ALL = (b"stty -opost; i=0; while [ $i -lt 256 ]; do printf \"\\\\$(printf %03o $i)\"; i=$((i + 1)); done; "
             b"stty opost; echo; echo done-$((6 * 7))\r")


def test_all_byte_values_arrive(kit):
    guest = kit.guest({"boot": "null", "vm": "unix"})
    kit.daemon("--console", f"vm={guest.address('vm')}", "--listen", "telnet:127.0.0.1:7001,console=vm",
               "--listen", "raw:127.0.0.1:7002,console=vm,access=watch,replay=1MiB")
    guest.wait_ready("vm")
    binary, plain, raw = kit.telnet(7001), kit.telnet(7001, agree={1, 3}), kit.raw(7002)
    person = kit.on_terminal("telnet", "127.0.0.1", "7001")
    for client in (binary, plain, person):
        client.wait_for(LIVE)
    for client in (binary, plain):
        client.wait_for(b", 4 watching]\r\n")  # so that no notice falls into what follows
    binary.type(PRINT_ALL)
    for client in (binary, plain, raw, person):
        client.wait_for(b"done-42\r\n")

    assert ALL in binary.data and ALL in raw.data
    assert ALL.replace(b"\xff", b"\xff\xff") in binary.raw
    # Without BINARY a CR that ends no line is CR NUL (RFC 854).
    assert UNASKED.replace(b"\r", b"\r\0") in plain.data
    assert UNASKED in person.output
    # Who comes later gets the same from the history.
    assert UNASKED in kit.telnet(7001).wait_for(LIVE).replace(b"\r\0", b"\r")  # begins before BINARY is agreed on
    assert ALL in kit.raw(7002).wait_for(b"done-42\r\n")
    binary.type(b"echo after-$((6 * 7))\r")
    plain.wait_for(b"after-42\r\n")
