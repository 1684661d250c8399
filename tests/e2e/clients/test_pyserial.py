# SPDX-License-Identifier: Apache-2.0
"""Programs that were written for a serial port open a URL instead: with socket:// they have the bytes, with rfc2217:// also
the port's break."""

from support.dialogue import Dialogue


def opened(kit, dialogue):
    """By the section's lines: its `port`."""
    names = {}
    exec(dialogue.section.file("python"), names)
    port = names["port"]
    return port, kit.read_along(lambda: port.read(max(1, port.in_waiting)), port.write, port.close)


def test_pyserial_on_a_socket(kit):
    dialogue = Dialogue(kit, "pyserial socket://", "python3-serial")
    _, me = opened(kit, dialogue)
    dialogue.login(me)
    dialogue.command(me)
    dialogue.bytes_to_guest(me)
    dialogue.bytes_from_guest(me)
    dialogue.breaks_from_outside(me)
    dialogue.leaves(me, "`port.close()`", me.close)

    dialogue.ends_for_a_library(opened(kit, dialogue)[1])
    dialogue.is_in_the_docs()


def test_pyserial_by_rfc2217(kit):
    dialogue = Dialogue(kit, "pyserial rfc2217://", "python3-serial")
    port, me = opened(kit, dialogue)
    dialogue.login(me)
    dialogue.command(me)
    dialogue.bytes_to_guest(me)
    dialogue.bytes_from_guest(me)
    dialogue.breaks(me, "`port.send_break()`", port.send_break)
    dialogue.leaves(me, "`port.close()`", me.close)

    dialogue.ends_for_a_library(opened(kit, dialogue)[1])
    dialogue.is_in_the_docs()


def test_miniterm(kit):
    dialogue = Dialogue(kit, "miniterm", "python3-serial")
    me = kit.on_terminal(*dialogue.command_line)

    def toggle_break():
        """On, and off."""
        for state in (b"--- BREAK active", b"--- BREAK inactive"):
            shown = len(me.output)
            me.type(b"\x14\x02")
            dialogue.sees(me, state, shown)
    dialogue.login(me)
    dialogue.command(me)
    dialogue.bytes_to_guest(me, "its keys", b"\x14", lambda: me.type(b"x"), ends=b"\x1d")
    dialogue.bytes_from_guest(me)
    dialogue.breaks(me, "`^T^B` twice", toggle_break)
    dialogue.leaves(me, "`^]`", lambda: me.type(b"\x1d"))
    assert me.wait() == 0

    other = kit.on_terminal(*dialogue.command_line)
    dialogue.ends(other, b"")
    dialogue.is_in_the_docs()
