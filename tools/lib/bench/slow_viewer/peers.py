# SPDX-License-Identifier: Apache-2.0
"""The multiplexers, each in front of a guest, started, and attached to. Everything in a directory of the run, on loopback."""

import contextlib
import pathlib
import subprocess

import peers.conman
import peers.conserver
import peers.ser2net
import peers.socat
from charmux_kit import Process, build_dir, wait_until
from peers import descendants, end_family, free_port, listens, package_version
from slow_viewer.clients import ProgramClient, SocketClient
from slow_viewer.guest import Guest


def resident(pid):
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) << 10
    return 0


class Peer:
    """One multiplexer in front of one guest; `kind` is the module that knows how it is configured."""

    kind, chardev = None, "unix"

    def __init__(self, directory):
        self.directory, self.port = directory, free_port()
        self.guest = self.make_guest()

    def make_guest(self):
        return Guest.unix(self.directory / "guest.sock")

    def argv(self):
        return self.kind.argv(self.directory, f"{self.chardev}:{self.guest.path}", self.port, 2)

    def start(self):
        self.process = Process(self.name(), self.argv(), self.directory / "stderr", cwd=self.directory)
        wait_until(lambda: listens(self.port) or not self.process.running(), f"{self.name()} to listen", 10)
        if not self.process.running():
            raise RuntimeError(f"{self.process.status()}: {self.process.stderr()}")

    def client(self):
        return SocketClient(self.port)

    def memory(self):
        return sum(resident(pid) for pid in descendants(self.process.pid))

    def close(self):
        end_family(self.process)

    @classmethod
    def name(cls):
        return cls.kind.command

    @classmethod
    def version(cls):
        return package_version(cls.kind.package)


class Charmux(Peer):
    """Both clients at a telnet listener."""

    @classmethod
    def name(cls):
        return "charmuxd"

    def argv(self):
        return [build_dir() / "charmuxd", "--state-dir", self.directory / "state", "--runtime-dir", self.directory / "run",
                "--console", f"c=unix:{self.guest.path}", "--listen", f"telnet:127.0.0.1:{self.port},console=c"]

    @classmethod
    def version(cls):
        said = subprocess.run([build_dir() / "charmuxd", "--version"], capture_output=True, text=True)
        return said.stdout.split()[-1]


class Conserver(Peer):
    """Both clients are its own, in spy mode."""

    kind = peers.conserver

    def client(self):
        return ProgramClient(self.kind.client_argv(self.port))


class Ser2net(Peer):
    """Both clients at a raw TCP port."""

    kind = peers.ser2net


class Conman(Peer):
    """Both clients are its own, monitoring."""

    kind = peers.conman

    def client(self):
        return ProgramClient(self.kind.client_argv(self.port))


class Socat(Peer):
    """On a pty: a process for each client, each with the pty open."""

    kind, chardev = peers.socat, "pty"

    def make_guest(self):
        return Guest.pty()


PEERS = {"charmux": Charmux, "conserver": Conserver, "ser2net": Ser2net, "conman": Conman, "socat": Socat}
