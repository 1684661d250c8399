# SPDX-License-Identifier: Apache-2.0
"""PuTTY's plink. With -telnet it is a terminal like any other; with -raw it leaves the typing to its own terminal, which
sends whole lines and echoes them too."""

import signal

from support.dialogue import Dialogue


def test_plink_telnet(kit):
    dialogue = Dialogue(kit, "plink -telnet", "putty-tools")
    me = kit.on_terminal(*dialogue.command_line)
    dialogue.login(me)
    dialogue.command(me)
    dialogue.bytes_to_guest(me)
    dialogue.bytes_from_guest(me)
    dialogue.breaks(me, "charmux's `^Ecl0`", lambda: me.type(b"\x05cl0"))
    dialogue.resizes(me)
    dialogue.leaves(me, "charmux's `^Ec.`", lambda: me.type(b"\x05c."))
    assert me.wait() == 0

    other = kit.on_terminal(*dialogue.command_line)
    dialogue.ends(other, b"")
    dialogue.is_in_the_docs()


def test_plink_raw(kit):
    dialogue = Dialogue(kit, "plink -raw", "putty-tools", enter=b"\n")
    me = kit.on_terminal(*dialogue.command_line)
    dialogue.login(me)
    dialogue.command(me)
    dialogue.bytes_to_guest(me)
    dialogue.bytes_from_guest(me)
    dialogue.breaks_from_outside(me)
    dialogue.leaves(me, "`^C`", lambda: me.type(b"\x03"))
    assert me.wait() == -signal.SIGINT

    other = kit.on_terminal(*dialogue.command_line)
    dialogue.ends(other, b"", "`^D`", lambda: other.type(b"\x04"))
    dialogue.is_in_the_docs()
