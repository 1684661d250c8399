# SPDX-License-Identifier: Apache-2.0
"""A script in Python logs in and runs a command with pexpect: through telnet, or without it on a socket of its own."""

import pexpect
from support.dialogue import Dialogue
from support.telnet_prompt import at_its_prompt, back


def logged_in(kit, dialogue):
    """By the section's script; read along is its `console`."""
    names = {}
    exec(dialogue.section.file("python"), names)
    console = names["console"]
    console.opened_by = names  # the connection, too, is to live as long

    def read():
        """In short waits: a descriptor that somebody still reads is not closed by close()."""
        while True:
            try:
                return console.read_nonblocking(65536, timeout=0.1)
            except pexpect.TIMEOUT:
                pass
    me = kit.read_along(read, console.send, console.close)
    me.resize = getattr(console, "setwinsize", None)
    return me


def test_pexpect(kit):
    dialogue = Dialogue(kit, "pexpect", "python3-pexpect")
    me = logged_in(kit, dialogue)
    dialogue.was_logged_in(b"uname -sr\r\nLinux ")
    dialogue.command(me)
    dialogue.bytes_to_guest(me, "telnet's escape key", b"\x1d", lambda: back(me))
    dialogue.bytes_from_guest(me)
    dialogue.breaks(me, "telnet's `^]` `send brk`", lambda: at_its_prompt(me, b"send brk"))
    dialogue.resizes(me)
    dialogue.leaves(me, "`console.close()`", me.close)
    dialogue.log_out()

    dialogue.ends_for_a_library(logged_in(kit, dialogue))
    dialogue.is_in_the_docs()


def test_pexpect_on_a_socket(kit):
    dialogue = Dialogue(kit, "pexpect, on a socket", "python3-pexpect")
    me = logged_in(kit, dialogue)
    dialogue.was_logged_in(b"uname -sr\r\nLinux ")
    dialogue.command(me)
    dialogue.bytes_to_guest(me)
    dialogue.bytes_from_guest(me)
    dialogue.breaks_from_outside(me)
    dialogue.leaves(me, "`console.close()`", me.close)
    dialogue.log_out()

    dialogue.ends_for_a_library(logged_in(kit, dialogue))
    dialogue.is_in_the_docs()
