# SPDX-License-Identifier: Apache-2.0
"""I paste a long text, and my guest reads nothing. I still see what it prints, and can still ask how it stands. Then I
give up and leave: what the guest never took is dropped, the log says how much that was, and my colleague, who has
waited for the pen, has it. When the guest reads again it gets the beginning of what I pasted, once, and then what my
colleague types."""

import fcntl
import struct
import termios

import pytest
from support import LIVE, wait_until

AYT = 246
PIECE = 4000
QUEUE = 4096  # of a writer's input
SIOCOUTQ = termios.TIOCOUTQ


def text(begin, end):
    """What is pasted: no two lines of it are alike."""
    lines = b"".join(b"%014d.\r" % line for line in range(begin // 16, end // 16 + 1))
    return lines[begin % 16:begin % 16 + end - begin]


class Paste:
    """Typed by `writer`, piece by piece."""

    def __init__(self, daemon, writer):
        self.daemon, self.writer, self.typed = daemon, writer, 0

    def piece(self):
        """One more; charmuxd's socket then has it."""
        self.writer.type(text(self.typed, self.typed + PIECE))
        self.typed += PIECE
        wait_until(self._arrived, "charmuxd's end of the connection to have what was typed")

    def _arrived(self):
        return struct.unpack("i", fcntl.ioctl(self.writer.socket, SIOCOUTQ, bytes(4)))[0] == 0

    def given(self):
        """How much of it the guest's chardev has. What came before it was asked has been dealt with: it asks twice."""
        self.daemon.consoles()
        return self.daemon.consoles()["vm"]["bytes_in"]

    def until_the_guest_takes_no_more(self):
        while self.given() == self.typed:
            self.piece()


@pytest.mark.parametrize("kind", ["unix", "pty"])
def test_a_writer_whose_guest_does_not_read(kit, kind):
    chardev = kit.unix_chardev() if kind == "unix" else kit.pty_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    if kind == "unix":
        chardev.accept()
    writer, other = kit.telnet(7001), kit.telnet(7001)
    chardev.write(b"ready\r\n")
    writer.wait_for(b"ready\r\n")
    other.wait_for(LIVE)
    other.type(b"mine!")
    other.wait_for(b"[charmux: read-only: ")

    paste = Paste(daemon, writer)
    paste.until_the_guest_takes_no_more()
    given = paste.given()
    assert paste.typed - given < QUEUE
    writer.command(AYT)
    writer.wait_for(b"2 watching, you type; ^Ec? helps]\r\n")
    for _ in range(3):
        paste.piece()
    chardev.write(b"still printing\r\n")
    writer.wait_for(b"still printing\r\n")
    other.wait_for(b"still printing\r\n")

    name = f"127.0.0.1:{writer.local_port}"
    writer.close()
    other.wait_for(b"[charmux: the pen is free: you type now]\r\n")
    daemon.wait_log(rf"{QUEUE} bytes of input did not reach the guest: {name} left before the guest read them$")
    other.type(b"[mine]")
    assert chardev.wait_for(b"[mine]") == text(0, given) + b"[mine]"
