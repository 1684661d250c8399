# SPDX-License-Identifier: Apache-2.0
"""QEMU without a multiplexer: a socket chardev has one client, and here it stops reading. A real Linux guest prints numbers."""

import contextlib
import pathlib
import re
import socket
import subprocess
import tempfile
import time

from charmux_kit import Deadline, Guest, wait_until
from slow_viewer.clients import Client

LINES = 8000
LINE_BYTES = 8  # six digits, CR, LF
DONE = b"all printed"
STANDS = 10
PORTS = {"a serial port (16550)": ("ttyS1", True), "a virtio console": ("hvc0", False)}


class UnixClient(Client):
    def __init__(self, guest, label):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(guest.address(label).partition(":")[2])
        super().__init__(self._socket.fileno())

    def type(self, keys):
        self._socket.sendall(keys)

    def close(self):
        super().close()
        self._socket.close()


def version():
    said = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True).stdout
    return re.search(r"version (\S+)", said)[1]


def rows():
    """One for each kind of port: name, then what the table has."""
    for name, (port, serial) in PORTS.items():
        with contextlib.ExitStack() as stack:
            directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="slow-")))
            ports = ({"shell": "unix", "out": "unix"},) if serial else ({"shell": "unix"}, {"out": "unix"})
            guest = stack.enter_context(Guest(directory, *ports, paused=True))
            shell, out = [stack.enter_context(contextlib.closing(UnixClient(guest, label))) for label in ("shell", "out")]
            yield [f"QEMU {version()}, {name}", *measure(guest, shell, out, port)]


def measure(guest, shell, out, port):
    for client in (shell, out):
        client.read_on()
    guest.resume()
    for label in ("shell", "out"):
        guest.wait_ready(label)
    took = prints(shell, port, 100000, 60)
    wait_until(lambda: b"%d\r\n" % (100000 + LINES - 1) in out.received, "the last number", 30)
    free = rate(took)
    out.stop_reading()
    began, took = time.monotonic(), prints(shell, port, 200000, STANDS)
    slowed = rate(took) if took else "stands still"
    out.read_on()
    wait_until(lambda: shell.received.count(DONE) == 2, "the guest to print the rest", 60)
    waited = "-" if took else f"{time.monotonic() - began:.0f} s, till it read on"
    wait_until(lambda: out.quiet(1.5), "the last of it", 30)
    numbers = {int(number) for number in re.findall(rb"(2\d{5})\r\n", bytes(out.received))}
    missing = LINES - len(numbers)
    return [free, slowed, waited, f"{100 * missing / LINES:.0f} % missing, not told" if missing else "all, in order"]


def prints(shell, port, first, seconds):
    """How long the guest took to print its numbers; None where that was longer than `seconds`."""
    # The shell's echo of the command has the two words apart.
    before, began, deadline = shell.received.count(DONE), time.monotonic(), Deadline(seconds)
    one, two = DONE.split()
    shell.type(b"seq %d %d >/dev/%s; echo %s '%s'\r" % (first, first + LINES - 1, port.encode(), one, two))
    while shell.received.count(DONE) == before:
        if deadline.passed():
            return None
        time.sleep(0.01)
    return time.monotonic() - began


def rate(took):
    return f"{LINES * LINE_BYTES / took / 1024:.0f} KiB/s"
