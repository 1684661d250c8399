# SPDX-License-Identifier: Apache-2.0
"""Other people's multiplexers: how each is configured for one console, as whatever user runs the bench, on loopback,
from files in a directory of the run. A module each: what Debian's package and the program are called, CHARDEVS (the
kinds it can take), and argv(directory, chardev, port, clients): the command line that serves `chardev` ("unix:PATH",
"pty:PATH") to at most so many clients at 127.0.0.1:port."""

import contextlib
import os
import pathlib
import random
import signal
import socket
import subprocess
import time


def free_port():
    """Below those that the kernel gives to clients: one that knocks until somebody listens could meet itself there."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


def listens(port):
    """Asks the kernel, not the program: to some, a connection is a client."""
    return f":{port:04X} 00000000:0000 0A" in pathlib.Path("/proc/net/tcp").read_text()


def all_accepted(port):
    """Whether nobody who has connected there still waits to be let in: a listening socket's queue is empty."""
    return f":{port:04X} 00000000:0000 0A 00000000:00000000" in pathlib.Path("/proc/net/tcp").read_text()


def write(directory, name, text):
    """A file that only this user reads."""
    path = directory / name
    path.write_text(text)
    path.chmod(0o600)
    return path


def package_version(package):
    """As Debian counts, without its own part; nothing where the program came another way."""
    query = ["dpkg-query", "--show", "--showformat=${source:Upstream-Version}", package]
    return subprocess.run(query, capture_output=True, text=True).stdout


def descendants(pid):
    """A process and all that it has started, as far as they are there."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(OSError):
            for thread in pathlib.Path(f"/proc/{parent}/task").iterdir():
                found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def end_family(process):
    """Ends a Process and all that it has started, as a user would; what has not gone in 3 s is killed."""
    pids = descendants(process.pid)
    process.signal(signal.SIGTERM)
    deadline = time.monotonic() + 3
    while process.running() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.close()
    for pid in pids[1:]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
