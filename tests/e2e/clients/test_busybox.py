# SPDX-License-Identifier: Apache-2.0
"""Busybox's telnet, of a rescue system or a container: it refuses BINARY, tells its size
once, and has no break of its own, but charmux's keys
have one."""

from support.dialogue import Dialogue

ESCAPE = b"\x1d"


def test_busybox_telnet(kit):
    dialogue = Dialogue(kit, "busybox telnet", "busybox-static")
    me = kit.on_terminal(*dialogue.command_line, rows=50, columns=240)

    def back():
        dialogue.sees(me, b"e\texit telnet")
        dialogue.says(me, b"", b"continuing")

    def leave():
        shown = len(me.output)
        me.type(ESCAPE)
        dialogue.sees(me, b"e\texit telnet", shown)
        me.type(b"e")
    dialogue.login(me)
    dialogue.command(me)
    dialogue.bytes_to_guest(me, "its escape key", ESCAPE, back)
    dialogue.bytes_from_guest(me)
    dialogue.breaks(me, "charmux's `^Ecl0`", lambda: me.type(b"\x05cl0"))
    dialogue.leaves(me, "`^]` `e`", leave)
    assert me.wait() == 0

    other = kit.on_terminal(*dialogue.command_line)
    dialogue.told_at_the_start(240, 50)
    dialogue.ends(other, b"Connection closed by foreign host")
    dialogue.is_in_the_docs()
