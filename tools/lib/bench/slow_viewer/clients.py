# SPDX-License-Identifier: Apache-2.0
"""Clients of a multiplexer that can stop reading, and read on."""

import os
import pty
import select
import signal
import socket
import subprocess
import threading
import time
import tty

from charmux_kit.process import die_with_parent


class Client:
    """Whatever comes at a descriptor; a thread takes it while the client reads."""

    def __init__(self, fd):
        self._fd = fd
        self.received = bytearray()
        self.came = time.monotonic()  # when it last received something
        self._reading = None

    def read_on(self):
        self._reading, self.came = threading.Event(), time.monotonic()
        self._thread = threading.Thread(target=self._read, args=(self._reading,), daemon=True)
        self._reading.set()
        self._thread.start()

    def stop_reading(self):
        self._reading.clear()
        self._thread.join()

    def quiet(self, seconds):
        return time.monotonic() - self.came > seconds

    def _read(self, reading):
        while reading.is_set():
            if not select.select([self._fd], [], [], 0.05)[0]:
                continue
            try:
                received = os.read(self._fd, 1 << 18)
            except OSError:  # the other side of a pty is gone, or the connection was reset
                return
            if not received:
                return
            self.received += received
            self.came = time.monotonic()

    def close(self):
        if self._reading and self._reading.is_set():
            self.stop_reading()


class SocketClient(Client):
    """What telnet or nc would be; stopped, its socket is not read."""

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        super().__init__(self._socket.fileno())

    def close(self):
        super().close()
        self._socket.close()


class ProgramClient(Client):
    """A multiplexer's own client program, on a terminal; stopped, it is stopped: SIGSTOP."""

    def __init__(self, argv):
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self._child = subprocess.Popen([str(word) for word in argv], stdin=slave, stdout=slave, stderr=slave,
                                       start_new_session=True, preexec_fn=die_with_parent)
        os.close(slave)
        super().__init__(self._master)

    def stop_reading(self):
        self._child.send_signal(signal.SIGSTOP)
        super().stop_reading()

    def read_on(self):
        self._child.send_signal(signal.SIGCONT)
        super().read_on()

    def close(self):
        super().close()
        self._child.kill()
        self._child.wait()
        os.close(self._master)
