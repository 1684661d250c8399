# SPDX-License-Identifier: Apache-2.0
"""A load for a multiplexer whose clients have to say something before they are let in, which bench_load does not: a flood
of text, whose viewers count bytes and compare none. The limit is run with it as well, so that it is seen what it takes."""

import contextlib
import multiprocessing
import os
import pathlib
import select
import socket
import tempfile
import threading
import time

import peers
from charmux_kit import wait_until
from charmux_kit.process import die_with_parent
from fanout import machine
from fanout.run import RunFailed

_CHUNK = 64 << 10
_BLOCK = b"".join(b"%063d\n" % n for n in range(_CHUNK // 64))


class _Guest:
    """A unix chardev that prints as fast as it is taken, in a process of its own."""

    def __init__(self, path):
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(1)
        self.printed, self._printing = multiprocessing.RawValue("Q", 0), multiprocessing.Event()
        self._stop, self._done = multiprocessing.Event(), multiprocessing.Event()
        self._process = multiprocessing.get_context("fork").Process(target=self._serve, daemon=True)
        self._process.start()

    def begin(self):
        self._printing.set()

    def end(self):
        """What was printed in all."""
        self._stop.set()
        if not self._done.wait(60):
            raise RunFailed("nothing is taken from the guest")
        return self.printed.value

    def close(self):
        self._process.kill()
        self._process.join()
        self._listener.close()

    def _serve(self):
        die_with_parent()
        os.sched_setaffinity(0, machine.LOAD)
        connection, _ = self._listener.accept()
        self._printing.wait()
        while not self._stop.is_set():
            self.printed.value += connection.send(_BLOCK)
        self._done.set()
        threading.Event().wait()


class _Viewers:
    """Connected sockets, read in a thread; how many bytes each has had."""

    def __init__(self, sockets):
        self._sockets = {each.fileno(): each for each in sockets}
        self.counts, self._over = dict.fromkeys(self._sockets, 0), False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def all(self):
        return sum(self.counts.values())

    def close(self):
        self._over = True
        self._thread.join()
        for each in self._sockets.values():
            each.close()

    def _read(self):
        poll, room = select.epoll(), bytearray(256 << 10)
        for fd in self._sockets:
            poll.register(fd, select.EPOLLIN)
        while not self._over:
            for fd, _ in poll.poll(0.1):
                with contextlib.suppress(BlockingIOError, ConnectionResetError):
                    self.counts[fd] += self._sockets[fd].recv_into(room, 0, socket.MSG_DONTWAIT)
        poll.close()


def _connect(port):
    return socket.create_connection(("127.0.0.1", port), 10)


def run(multiplexer, load, timing, _memory=False):
    """As run.run, for such a flood on a unix chardev."""
    attach = getattr(getattr(multiplexer, "kind", None), "attach", _connect)
    with contextlib.ExitStack() as stack:
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fan")))
        guest = stack.enter_context(contextlib.closing(_Guest(directory / "guest")))
        port = peers.free_port()
        running = stack.enter_context(multiplexer.start(directory, f"unix:{directory / 'guest'}", port, load.viewers))
        wait_until(lambda: peers.listens(port) or not running.process.running(), f"{multiplexer.name} to listen", 10)
        sockets = [attach(port) for _ in range(load.viewers)]
        wait_until(lambda: peers.all_accepted(port), "all viewers to be let in", 10)
        mine = os.sched_getaffinity(0)
        os.sched_setaffinity(0, machine.LOAD)
        stack.callback(os.sched_setaffinity, 0, mine)
        viewers = stack.enter_context(contextlib.closing(_Viewers(sockets)))
        guest.begin()
        time.sleep(timing.warm_up)
        before, began = viewers.all(), time.monotonic()
        time.sleep(timing.seconds)
        result = {"delivered": viewers.all() - before, "seconds": time.monotonic() - began}
        printed = guest.end()
        wait_until(lambda: all(count == printed for count in viewers.counts.values()),
                   lambda: f"all viewers to have {printed} bytes; they have {sorted(viewers.counts.values())[:3]}", 60)
        return result
