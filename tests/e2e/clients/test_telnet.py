# SPDX-License-Identifier: Apache-2.0
"""Debian's telnet, as everybody has it, and that of those who once wanted encryption, without it: I log in to the guest,
and all that a console is for works. Its escape key is its own, and `send escape` is how that byte is typed all the same."""

import pytest
from support.dialogue import Dialogue
from support.telnet_prompt import at_its_prompt, back

# What is ^] to it: telnet-ssl looks at seven bits.
ESCAPES = {"inetutils-telnet": b"\x1d", "telnet-ssl": b"\x1d\x9d"}


@pytest.mark.parametrize("client", ESCAPES)
def test_telnet(kit, client):
    dialogue = Dialogue(kit, client, client)
    me = kit.on_terminal(*dialogue.command_line)
    dialogue.login(me)
    dialogue.command(me)
    dialogue.bytes_to_guest(me, "its escape key", ESCAPES[client], lambda: back(me))
    dialogue.bytes_from_guest(me)
    dialogue.breaks(me, "`^]` `send brk`", lambda: at_its_prompt(me, b"send brk"))
    dialogue.resizes(me)
    dialogue.leaves(me, "`^]` `quit`", lambda: at_its_prompt(me, b"quit"))
    assert me.wait() == 0

    other = kit.on_terminal(*dialogue.command_line)
    dialogue.ends(other, b"Connection closed by foreign host.")
    dialogue.is_in_the_docs()
