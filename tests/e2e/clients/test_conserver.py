# SPDX-License-Identifier: Apache-2.0
"""A conserver shop keeps its server, its users and its logs, and points a console of type `host` at our port. People go on
with conserver's `console`, whose keys are conserver's alone: ours are off at this port."""

import os
import signal

import pytest
from support import wait_until
from support.dialogue import Dialogue


@pytest.mark.parametrize("way", ["conserver, telnet", "conserver, raw"])
def test_conserver(kit, way):
    dialogue = Dialogue(kit, way, "conserver-server")
    dialogue.write_files("conserver.cf")
    kit.path("conserver.passwd").write_text("*any*:\n")
    server = kit.on_terminal(*dialogue.section.commands[0].split())
    wait_until(lambda: kit.run("ss", "-Hltn", "sport", "=", "7800").stdout, "conserver's port")
    me = kit.on_terminal(*dialogue.command_line)
    dialogue.sees(me, b"[Enter `^Ec?' for help]")
    dialogue.login(me)
    dialogue.command(me)
    dialogue.bytes_to_guest(me)
    dialogue.bytes_from_guest(me)
    if way == "conserver, raw":
        dialogue.breaks_from_outside(me)
    else:
        dialogue.breaks(me, "conserver's `^Ecl0`", lambda: me.type(b"\x05cl0"))
    dialogue.leaves(me, "conserver's `^Ecd`", lambda: me.type(b"\x05cd"))
    me.type(b"\x05co")
    dialogue.sees(me, b"up]")
    dialogue.ends_for_a_server(server, b"[vm] read failure: unexpected EOF")
    assert server.exit_code is None
    os.kill(server.pid, signal.SIGTERM)
    server.wait()
    dialogue.is_in_the_docs()
