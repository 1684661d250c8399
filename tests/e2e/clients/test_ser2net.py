# SPDX-License-Identifier: Apache-2.0
"""ser2net in front of us: whoever has its port in his scripts goes on using it, and it asks us for the console."""

import os
import signal

import pytest
from support import wait_until
from support.dialogue import Dialogue

ESCAPE = b"\x1c"
MINE = {"ser2net, rfc2217": "telnet(rfc2217),tcp,127.0.0.1,3001", "ser2net, tcp": "tcp,127.0.0.1,3001"}


@pytest.mark.parametrize("way", MINE)
def test_ser2net(kit, way):
    # Where a machine has no address but loopback's, ser2net looks none up, be it written as a number.
    kit.run("ip", "address", "replace", "192.0.2.1/32", "dev", "lo")
    dialogue = Dialogue(kit, way, "ser2net")
    dialogue.write_files("ser2net.yaml")
    server = kit.on_terminal(*dialogue.command_line)
    wait_until(lambda: kit.run("ss", "-Hltn", "sport", "=", "3001").stdout, "ser2net's port")
    me = kit.on_terminal("gensiot", MINE[way])
    dialogue.login(me)
    dialogue.command(me)
    dialogue.bytes_to_guest(me, "gensiot's escape key", ESCAPE, lambda: me.type(b"x"))
    dialogue.bytes_from_guest(me)
    if way == "ser2net, tcp":
        dialogue.breaks_from_outside(me)
    else:
        dialogue.breaks(me, "the break of who uses it", lambda: me.type(ESCAPE + b"b"))
    dialogue.leaves(me, "its last user's leaving", lambda: me.type(ESCAPE + b"q"))
    assert me.wait() == 0

    other = kit.on_terminal("gensiot", MINE[way])
    dialogue.ends(other, b"", code=False)  # gensiot's is 0 or 1, as it happens
    assert server.exit_code is None
    os.kill(server.pid, signal.SIGTERM)
    server.wait()
    dialogue.is_in_the_docs()
