# SPDX-License-Identifier: Apache-2.0
"""The multiplexers: how each is configured for one console, started, and attached to. Everything in a directory of the
run, on loopback, as whatever user runs the bench."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import time

from charmux_kit import Process, build_dir, wait_until
from slow_viewer.clients import ProgramClient, SocketClient
from slow_viewer.guest import Guest


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    """Asks the kernel, not the program: to some, a connection is a client."""
    return f"0100007F:{port:04X} 00000000:0000 0A" in pathlib.Path("/proc/net/tcp").read_text()


def descendants(pid):
    """A process and all that it has started, as far as they are there."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(OSError):
            for thread in pathlib.Path(f"/proc/{parent}/task").iterdir():
                found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def resident(pid):
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) << 10
    return 0


def package_version(package):
    """As Debian counts, without its own part; nothing where the program came another way."""
    query = ["dpkg-query", "--show", "--showformat=${source:Upstream-Version}", package]
    return subprocess.run(query, capture_output=True, text=True).stdout


class Peer:
    """One multiplexer in front of one guest."""

    package, command = "", ""

    def __init__(self, directory):
        self.directory, self.port = directory, free_port()
        self.guest = self.make_guest()

    def make_guest(self):
        return Guest.unix(self.directory / "guest.sock")

    def file(self, name, text):
        path = self.directory / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def start(self):
        self.process = Process(self.command, self.argv(), self.directory / "stderr", cwd=self.directory)
        wait_until(lambda: listens(self.port) or not self.process.running(), f"{self.command} to listen", 10)
        if not self.process.running():
            raise RuntimeError(f"{self.process.status()}: {self.process.stderr()}")

    def client(self):
        return SocketClient(self.port)

    def memory(self):
        return sum(resident(pid) for pid in descendants(self.process.pid))

    def close(self):
        pids = descendants(self.process.pid)
        self.process.signal(signal.SIGTERM)
        deadline = time.monotonic() + 3
        while self.process.running() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.process.close()
        for pid in pids[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    @classmethod
    def version(cls):
        return package_version(cls.package)


class Charmux(Peer):
    """Both clients at a telnet listener."""

    command = "charmuxd"

    def argv(self):
        return [build_dir() / "charmuxd", "--state-dir", self.directory / "state", "--runtime-dir", self.directory / "run",
                "--console", f"c=unix:{self.guest.path}", "--listen", f"telnet:127.0.0.1:{self.port},console=c"]

    @classmethod
    def version(cls):
        said = subprocess.run([build_dir() / "charmuxd", "--version"], capture_output=True, text=True)
        return said.stdout.split()[-1]


class Conserver(Peer):
    """Both clients are its own, console(1), in spy mode."""

    package, command = "conserver-server", "conserver"

    def argv(self):
        config = self.file("conserver.cf", f"""
            default * {{ rw *; master localhost; logfile ""; }}
            console c {{ type uds; uds {self.guest.path}; }}
            access * {{ trusted 127.0.0.1; }}
            """)
        passwords = self.file("passwd", "*any*:\n")
        return ["conserver", "-E", "-n", "-M", "127.0.0.1", "-p", self.port, "-C", config, "-P", passwords,
                "-L", self.directory / "log", "-o"]

    def client(self):
        return ProgramClient(["console", "-n", "-E", "-M", "127.0.0.1", "-p", self.port, "-l", "bench", "-s", "c"])


class Ser2net(Peer):
    """Both clients at a raw TCP port, as with any of its clients."""

    package, command = "ser2net", "ser2net"

    def argv(self):
        config = self.file("ser2net.yaml", f"""%YAML 1.1
---
connection: &c
    accepter: tcp,127.0.0.1,{self.port}
    connector: unix,{self.guest.path}
    options:
        max-connections: 2
""")
        return ["ser2net", "-n", "-u", "-c", config]


class Conman(Peer):
    """Both clients are its own, conman(1), monitoring."""

    package, command = "conman", "conmand"

    def argv(self):
        config = self.file("conman.conf", f"""
SERVER loopback=on
SERVER port={self.port}
SERVER pidfile="{self.directory}/pid"
CONSOLE name="c" dev="unix:{self.guest.path}"
""")
        return ["conmand", "-F", "-c", config]

    def client(self):
        return ProgramClient(["conman", "-d", f"127.0.0.1:{self.port}", "-m", "c"])


class Socat(Peer):
    """The well-known line for a pty: a process for each client, each with the pty open."""

    package, command = "socat", "socat"

    def make_guest(self):
        return Guest.pty()

    def argv(self):
        return ["socat", f"TCP-LISTEN:{self.port},bind=127.0.0.1,reuseaddr,fork", f"FILE:{self.guest.path},raw,echo=0"]


PEERS = {"charmux": Charmux, "conserver": Conserver, "ser2net": Ser2net, "conman": Conman, "socat": Socat}
