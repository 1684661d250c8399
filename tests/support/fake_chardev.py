# SPDX-License-Identifier: Apache-2.0
"""A mock of QEMU's side of a chardev, for tests that need to say each byte and each moment themselves."""

import os
import pty
import select
import socket
import struct
import tty

from charmux_kit import Deadline, TimedOut


class FakeChardev:
    """Made by unix(), tcp() or pty(). A socket chardev accepts one client at a time, as QEMU's does (backlog 1):
    accept() waits for it. A pty needs no accept()."""

    @classmethod
    def unix(cls, path):
        return cls(listener=cls._listen(socket.AF_UNIX, str(path)), address=f"unix:{path}")

    @classmethod
    def tcp(cls, port=0, host="127.0.0.1"):
        listener = cls._listen(socket.AF_INET6 if ":" in host else socket.AF_INET, (host, port))
        place = f"[{host}]" if ":" in host else host
        return cls(listener=listener, address=f"tcp:{place}:{listener.getsockname()[1]}")

    @classmethod
    def pty(cls):
        """As QEMU makes one: raw, its slave closed again."""
        master, slave = pty.openpty()
        tty.setraw(slave)
        address = f"pty:{os.ttyname(slave)}"
        os.close(slave)
        return cls(fd=master, address=address)

    @staticmethod
    def _listen(family, place):
        listener = socket.socket(family)
        if family != socket.AF_UNIX:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(1)
        return listener

    def __init__(self, address, listener=None, fd=None):
        self.address = address  # as charmuxd's --console takes it
        self._listener, self._connection, self._fd = listener, None, fd
        self.received = b""

    def accept(self, seconds=None):
        """Waits for charmuxd to connect."""
        self._readable(self._listener, Deadline(seconds), f"a connection to {self.address}")
        self._connection, _ = self._listener.accept()
        self._fd = self._connection.fileno()
        return self

    def write(self, data):
        """Output of the guest, all of it; waits while charmuxd does not read."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view):]

    def wait_for(self, text, seconds=None):
        """Until the guest's input contains the bytes; returns all that has come."""
        deadline = Deadline(seconds)
        while text not in self.received:
            self._readable(self._fd, deadline, f"{text!r} at {self.address}; so far {self.received[-300:]!r}")
            received = os.read(self._fd, 65536)
            if not received:
                raise AssertionError(f"{self.address} was closed before {text!r} came; so far {self.received[-300:]!r}")
            self.received += received
        return self.received

    def wait_disconnected(self, seconds=None):
        """Until charmuxd closes its side of a socket chardev."""
        deadline = Deadline(seconds)
        while True:
            self._readable(self._fd, deadline, f"charmuxd to leave {self.address}")
            try:
                received = os.read(self._fd, 65536)
            except ConnectionResetError:
                return
            if not received:
                return
            self.received += received

    @staticmethod
    def _readable(what, deadline, waited_for):
        if not select.select([what], [], [], deadline.remaining())[0]:
            raise TimedOut(f"waited {deadline.seconds:g} s for {waited_for}")

    def hang_up(self):
        """The guest's side closes: EOF on a socket, HUP on a pty. A socket still listens."""
        if self._connection:
            self._connection.close()
        elif self._fd is not None:
            os.close(self._fd)
        self._connection = self._fd = None

    def reset(self):
        """Closes a tcp chardev's connection with RST."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.hang_up()

    def report(self):
        yield f"the last input at {self.address}", self.received[-500:].decode(errors="backslashreplace")

    def close(self):
        self.hang_up()
        if self._listener:
            self._listener.close()
