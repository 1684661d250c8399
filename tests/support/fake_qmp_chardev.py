# SPDX-License-Identifier: Apache-2.0
"""A chardev of an emulated guest."""

import os
import pathlib
import pty
import socket
import tty


class Chardev:
    """A `socket` chardev with server=on on a UNIX socket (one client at a time, what it types is kept in `typed`), a
    `pty`, or any other kind, which does nothing. `breaks` counts the breaks sent to it."""

    def __init__(self, loop, label, kind="socket", path=None, frontend=True):
        self.label, self.kind, self.path, self.frontend, self._loop = label, kind, path and str(path), frontend, loop
        self.typed, self.connections, self.breaks, self._listener, self._client = b"", 0, 0, None, None
        if kind == "socket" and path:
            self._listener = loop.listen(self.path, self._accept)
        elif kind == "pty":
            self._client, slave = pty.openpty()
            tty.setraw(slave)
            self.path = os.ttyname(slave)
            os.close(slave)

    @property
    def connected(self):
        return self._client is not None

    @property
    def filename(self):
        if self.kind == "socket":
            return f"{'' if self.connected else 'disconnected:'}unix:{self.path},server=on"
        return f"pty:{self.path}" if self.kind == "pty" else self.kind

    def _accept(self):
        self._client, _ = self._listener.accept()
        self.connections += 1
        self._loop.forget(self._listener)
        self._loop.watch(self._client, self._read)

    def _read(self):
        data = self._loop.read(self._client)
        self.typed += data
        if not data:
            self._loop.drop(self._client)
            self._client = None
            self._loop.watch(self._listener, self._accept)

    def print(self, data):
        """Output of the guest; lost when nobody is connected, as QEMU's is."""
        if self.kind == "pty":
            os.write(self._client, data)
        elif self._client:
            self._client.sendall(data)

    def close(self):
        if self.kind == "pty":
            os.close(self._client)
        for each in (self._client, self._listener):
            if isinstance(each, socket.socket):
                self._loop.drop(each)
        if self._listener:
            pathlib.Path(self.path).unlink(missing_ok=True)
        self._client = self._listener = None
