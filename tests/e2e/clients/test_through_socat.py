# SPDX-License-Identifier: Apache-2.0
"""Programs that want a serial port get a pty, which socat makes of our port: picocom and tio."""

from support import wait_until
from support.dialogue import Dialogue


class AtPty:
    """socat, and that program on the pty; it drops what came before it `greets`."""

    def __init__(self, kit, dialogue, greets):
        self.cable = kit.on_terminal(*dialogue.section.commands[0].split())
        wait_until(kit.path("/tmp/vm").exists, "socat's pty")
        self.client = kit.on_terminal(*dialogue.command_line)
        dialogue.sees(self.client, greets)


def talk(kit, way, greets, escape, escape_again, leave, how):
    """All of it but the end. The program's escape key is itself when `escape_again` follows it; `leave` ends it."""
    dialogue = Dialogue(kit, way, way)
    at = AtPty(kit, dialogue, greets)
    me = at.client

    def go():
        me.type(escape + leave)
        assert me.wait() == 0
        at.cable.type(b"\x03")
    dialogue.login(me)
    dialogue.command(me)
    dialogue.bytes_to_guest(me, "its escape key", escape, lambda: me.type(escape_again))
    dialogue.bytes_from_guest(me)
    dialogue.breaks_from_outside(me)
    dialogue.leaves(me, f"{how}, and `^C` at socat", go)
    at.cable.wait()
    return dialogue, AtPty(kit, dialogue, greets).client


def test_picocom(kit):
    dialogue, other = talk(kit, "picocom", b"Terminal ready", b"\x01", b"0", b"\x18", "`^A^X`")
    dialogue.ends(other, b"")
    dialogue.is_in_the_docs()


def test_tio(kit):
    dialogue, other = talk(kit, "tio", b"Connected", b"\x14", b"x", b"q", "`^T` `q`")
    dialogue.ends(other, b"Disconnected", "`^T` `q`", lambda: other.type(b"\x14q"))
    dialogue.is_in_the_docs()
