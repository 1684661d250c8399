# SPDX-License-Identifier: Apache-2.0
"""An emulation of many QEMU guests' QMP monitors, for tests of scale: one thread serves them all."""

import concurrent.futures
import pathlib
import queue
import selectors
import socket
import threading
import uuid as uuids

from support.fake_qmp_guest import FakeGuest


class FakeQmp:
    """The thread and the guests that it serves. Its methods are for the test's thread; close() ends all."""

    def __init__(self):
        self.guests, self._made = {}, []
        self._selector, self._calls, self._ends = selectors.DefaultSelector(), queue.SimpleQueue(), False
        self._wake, woken = socket.socketpair()
        self._selector.register(woken, selectors.EVENT_READ, lambda: woken.recv(4096))
        self._woken = woken
        self._thread = threading.Thread(target=self._serve, name="fake QMP", daemon=True)
        self._thread.start()

    def guest(self, name, path, uuid=None, chardevs=None):
        """A guest that runs, with its monitor at `path`. `chardevs`: label -> path of a UNIX socket, or "pty"; each is
        an isa-serial's, by position. Default: ser0 on `path` + ".ser0". `guests` has the last one of each name."""
        chardevs = {"ser0": f"{path}.ser0"} if chardevs is None else chardevs
        guest = self.guests[name] = FakeGuest(self, name, path, uuid or uuids.uuid4(), chardevs)
        self._made.append(guest)
        return guest.start()

    def report(self):
        """For whoever reads a failure."""
        yield "emulated guests", "\n".join(f"{name}: asked {dict(guest.asked)}" for name, guest in list(self.guests.items())[:3])

    def close(self):
        for guest in self._made:
            self.call(guest._end)
        self._ends = True
        self._wake.send(b"x")
        self._thread.join()
        self._selector.close()
        self._wake.close()
        self._woken.close()

    def call(self, function, *arguments):
        """Runs it on the serving thread; returns what it returns, raises what it raises."""
        if threading.current_thread() is self._thread:
            return function(*arguments)
        done = concurrent.futures.Future()
        self._calls.put((done, function, arguments))
        self._wake.send(b"x")
        return done.result()

    def _serve(self):
        while not self._ends:
            for key, _ in self._selector.select():
                # One that was dropped by the callback of another of this turn is not called any more.
                if self._selector.get_map().get(key.fd) is key:
                    key.data()
            while not self._calls.empty():
                done, function, arguments = self._calls.get()
                try:
                    done.set_result(function(*arguments))
                except Exception as error:  # it belongs to the caller
                    done.set_exception(error)

    # For guests and chardevs, on the serving thread.

    def listen(self, path, accepted):
        listener = socket.socket(socket.AF_UNIX)
        pathlib.Path(path).unlink(missing_ok=True)
        listener.bind(path)
        listener.listen(1)
        self.watch(listener, accepted)
        return listener

    def watch(self, which, callback):
        self._selector.register(which, selectors.EVENT_READ, callback)

    def forget(self, which):
        self._selector.unregister(which)

    def drop(self, which):
        if which.fileno() in self._selector.get_map():
            self.forget(which)
        which.close()

    @staticmethod
    def read(which):
        try:
            return which.recv(65536)
        except ConnectionResetError:
            return b""
