# SPDX-License-Identifier: Apache-2.0
"""I want a terminal server's port to be set (telnet:...,rfc2217,...), and the server cannot do that: the log says so in one
line, and the console works all the same."""

import re

import pytest
from support import LIVE

DONT, DO, WILL, COM_PORT = b"\xff\xfe", b"\xff\xfd", b"\xff\xfb", b"\x2c"
QEMU = b"\xff\xfb\x01\xff\xfb\x03\xff\xfb\x00\xff\xfd\x00"
SET_SPEED = b"\xff\xfa\x2c\x01\x00\x3d\x09\x00\xff\xf0"
IS_SPEED = b"\xff\xfa\x2c\x65\x00\x01\xc2\x00\xff\xf0"


def says(*words):
    """A server that greets so; a word that is a pair waits for its first half and answers with its second."""
    def provoke(server):
        for word in words:
            if isinstance(word, tuple):
                server.wait_for(word[0])
            server.write(word if isinstance(word, bytes) else word[1])
    return provoke


PLACE = "telnet:127.0.0.1:7999"
CANNOT = "the settings of its port cannot be changed, and a break is telnet's"
# What the server does | no exit code: it runs | the log's words.
ERRORS = {
    "a server that refuses": (says(DONT + COM_PORT), None, f"{PLACE}: it refuses RFC 2217: {CANNOT}"),
    "QEMU": (says(QEMU), None, f"{PLACE}: it is QEMU's telnet, not RFC 2217's: {CANNOT}"),
    "a server that says nothing of it": (says(b"login: "), None, f"{PLACE}: it does not say whether it has RFC 2217: {CANNOT}"),
    "a speed that the port has not": (says(DO + COM_PORT, (SET_SPEED, IS_SPEED)), None,
                                      f"{PLACE}: its port does not take 4000000 baud; give what its hardware can do"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_the_log_says_so_and_the_console_works(kit, name):
    provoke, _, text = ERRORS[name]
    server = kit.tcp_chardev(port=7999)
    daemon = kit.daemon("--console", f"vm={PLACE},rfc2217,4000000", "--listen", "telnet:127.0.0.1:7001,console=vm")
    server.accept()
    provoke(server)
    daemon.wait_log(re.escape(text) + "$")
    server.write(b"printed")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    me.wait_for(b"printed")
    me.type(b"typed")
    server.wait_for(b"typed")
