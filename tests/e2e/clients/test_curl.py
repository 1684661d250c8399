# SPDX-License-Identifier: Apache-2.0
"""Where nothing else is installed there is curl. At a terminal it leaves the typing to that, which sends whole lines and
echoes them too; in a pipe it passes every byte."""

import signal

from support.dialogue import Dialogue


def test_curl_at_a_terminal(kit):
    dialogue = Dialogue(kit, "curl, at a terminal", "curl", enter=b"\n")
    me = kit.on_terminal(*dialogue.command_line)
    dialogue.login(me)
    dialogue.command(me)
    dialogue.bytes_to_guest(me)
    dialogue.bytes_from_guest(me)
    dialogue.breaks(me, "charmux's `^Ecl0` Enter", lambda: me.type(b"\x05cl0\n"))
    dialogue.leaves(me, "`^C`", lambda: me.type(b"\x03"))
    assert me.wait() == -signal.SIGINT

    other = kit.on_terminal(*dialogue.command_line)
    dialogue.ends(other, b"", "`^D`", lambda: other.type(b"\x04"))
    dialogue.is_in_the_docs()


def test_curl_in_a_pipe(kit):
    dialogue = Dialogue(kit, "curl, in a pipe", "curl")
    me = kit.piped(*dialogue.command_line)
    dialogue.login(me)
    dialogue.command(me)
    dialogue.bytes_to_guest(me)
    dialogue.bytes_from_guest(me)
    dialogue.breaks(me, "charmux's `^Ecl0`", lambda: me.type(b"\x05cl0"))
    dialogue.leaves(me, "charmux's `^Ec.`", lambda: me.type(b"\x05c."))
    me.wait()

    other = kit.piped(*dialogue.command_line)
    dialogue.ends(other, b"")
    dialogue.is_in_the_docs()
