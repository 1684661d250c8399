# SPDX-License-Identifier: Apache-2.0
"""The guest's side of a chardev, in a process of its own: it prints as fast as it is taken, or at a pace, and keeps
account of how long it had to wait."""

import multiprocessing
import os
import pty
import select
import socket
import time
import tty

from charmux_kit.process import die_with_parent
from slow_viewer.stream import READY, stream

_CHUNK = 64 << 10
_TAKEN, _BEGAN, _LAST, _STALL = range(4)


class Guest:
    """Made by unix() or pty(). start(total) begins the process; hello() has it print READY once more; print(rate) the
    whole stream, at `rate` bytes a second or, with 0, as fast as it is taken."""

    @classmethod
    def unix(cls, path):
        """As QEMU's socket chardev: one client at a time."""
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen(1)
        return cls(str(path), listener=listener)

    @classmethod
    def pty(cls):
        """As QEMU's pty chardev: raw, its slave closed again."""
        master, slave = pty.openpty()
        tty.setraw(slave)
        path = os.ttyname(slave)
        os.close(slave)
        return cls(path, fd=master)

    def __init__(self, path, listener=None, fd=None):
        self.path, self._listener, self._fd = path, listener, fd
        self._account = multiprocessing.RawArray("d", 4)

    def start(self, total):
        self.total = total
        stream(total)  # made before the fork, so that neither process spends time on it later
        self._commands, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=self._serve, args=(theirs,), daemon=True)
        self._process.start()

    def hello(self):
        self._commands.send(None)

    def print(self, rate=0):
        self._account[_BEGAN] = self._account[_LAST] = time.monotonic()
        self._commands.send(rate)

    def finished(self):
        return self._account[_TAKEN] >= self.total

    @property
    def taken(self):
        return int(self._account[_TAKEN])

    def rate(self):
        """Bytes a second, from the first to the last that was taken."""
        return self._account[_TAKEN] / max(self._account[_LAST] - self._account[_BEGAN], 1e-6)

    def waiting(self):
        """For how long it has printed nothing though it wants to."""
        return 0.0 if self.finished() else time.monotonic() - self._account[_LAST]

    def longest_wait(self):
        return max(self._account[_STALL], self.waiting())

    def close(self):
        self._process.kill()
        self._process.join()
        if self._listener:
            self._listener.close()
        if self._fd is not None:
            os.close(self._fd)

    def _serve(self, commands):
        """The process: takes commands and connections until it is killed."""
        die_with_parent()
        connection = None
        while True:
            sources = [commands, *([self._listener] if self._listener and not connection else [])]
            ready = select.select(sources, [], [])[0]
            if self._listener in ready:
                connection, _ = self._listener.accept()
                self._fd = connection.fileno()
            if commands in ready:
                rate = commands.recv()
                if self._fd is None:
                    continue
                if rate is None:
                    os.write(self._fd, READY)
                else:
                    self._print(rate)

    def _print(self, rate):
        data, position = memoryview(stream(self.total)), 0
        os.set_blocking(self._fd, False)
        poll = select.poll()
        poll.register(self._fd, select.POLLOUT)
        while position < self.total:
            due = self.total if rate == 0 else int((time.monotonic() - self._account[_BEGAN]) * rate)
            if position >= due:
                time.sleep(0.002)
                self._account[_LAST] = time.monotonic()
                continue
            try:
                position += os.write(self._fd, data[position:min(due, position + _CHUNK)])
            except BlockingIOError:
                poll.poll(100)
                continue
            now = time.monotonic()
            self._account[_STALL] = max(self._account[_STALL], now - self._account[_LAST])
            self._account[_LAST], self._account[_TAKEN] = now, position
