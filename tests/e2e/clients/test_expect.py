# SPDX-License-Identifier: Apache-2.0
"""A script for expect logs me in, runs a command and leaves me at the console. Its port gives no history and says nothing of
its own, so that what is expected comes from the guest; and it takes the pen, whoever has it."""

from support.dialogue import Dialogue
from support.telnet_prompt import at_its_prompt, back


def test_expect(kit):
    dialogue = Dialogue(kit, "expect", "expect")
    dialogue.write_files("login.exp")
    me = kit.on_terminal(*dialogue.command_line)
    dialogue.was_logged_in(b"uname -sr\r\nLinux ")
    dialogue.command(me)
    dialogue.bytes_to_guest(me, "telnet's escape key", b"\x1d", lambda: back(me))
    dialogue.bytes_from_guest(me)
    dialogue.breaks(me, "telnet's `^]` `send brk`", lambda: at_its_prompt(me, b"send brk"))
    dialogue.resizes(me)
    dialogue.leaves(me, "telnet's `^]` `quit`", lambda: at_its_prompt(me, b"quit"))
    assert me.wait() == 0

    dialogue.log_out()
    other = kit.on_terminal(*dialogue.command_line)
    dialogue.ends(other, b"Connection closed by foreign host.")
    dialogue.is_in_the_docs()
