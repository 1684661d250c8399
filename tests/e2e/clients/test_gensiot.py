# SPDX-License-Identifier: Apache-2.0
"""gensiot is the terminal of those who have ser2net: telnet, RFC 2217 or the bare bytes."""

import pytest
from support.dialogue import Dialogue

ESCAPE = b"\x1c"


@pytest.mark.parametrize("way", ["gensiot telnet", "gensiot rfc2217", "gensiot tcp"])
def test_gensiot(kit, way):
    # Where a machine has no address but loopback's, it looks none up, be it written as a number.
    kit.run("ip", "address", "replace", "192.0.2.1/32", "dev", "lo")
    dialogue = Dialogue(kit, way, "gensio-bin")
    me = kit.on_terminal(*dialogue.command_line)
    dialogue.login(me)
    dialogue.command(me)
    dialogue.bytes_to_guest(me, "its escape key", ESCAPE, lambda: me.type(b"x"))
    dialogue.bytes_from_guest(me)
    if way == "gensiot tcp":
        dialogue.breaks_from_outside(me)
    else:
        dialogue.breaks(me, "`^\\` `b`", lambda: me.type(ESCAPE + b"b"))
    dialogue.leaves(me, "`^\\` `q`", lambda: me.type(ESCAPE + b"q"))
    assert me.wait() == 0

    other = kit.on_terminal(*dialogue.command_line)
    dialogue.ends(other, b"", code=False)  # 0 or 1, as it happens
    dialogue.is_in_the_docs()
