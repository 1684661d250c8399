# SPDX-License-Identifier: Apache-2.0
"""What one e2e test has started: made by it, reported when it fails, ended after it."""

import pathlib
import subprocess
import tempfile

from charmux_kit import Daemon, Guest, TerminalProcess, build_dir
from support.bridge import Bridge
from support.clients import RawClient, TelnetClient
from support.fake_chardev import FakeChardev
from support.fake_qmp import FakeQmp
from support.libvirtd import Libvirtd
from support.link import Link
from support.piped import Piped
from support.read_along import ReadAlong
from support.terminal import Terminal
from support.virsh_console import VirshConsole


class Kit:
    """The `kit` argument of a test. Each method starts something and keeps it; close() ends all, the last first."""

    def __init__(self):
        # A short path: that of a UNIX socket has to fit into 108 bytes.
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="t"))
        self.build = build_dir("debug")
        self.repo = pathlib.Path(__file__).resolve().parents[2]
        self._owned = []

    def own(self, thing):
        """Something that a test has made itself: it has report() and close()."""
        return self._own(thing)

    def _own(self, thing):
        self._owned.append(thing)
        return thing

    def path(self, name):
        """A file or folder of this test."""
        return self.directory / name

    def daemon(self, *args, name="charmux", wait_ready=True, **options):
        """charmuxd with these arguments; the same `name` again is the same state and runtime directory. See Daemon."""
        daemon = self._own(Daemon(self.path(name), *args, wait_ready=False, **options))
        if wait_ready:
            daemon.wait_ready()
        return daemon

    def bridge(self, *args, name="bridge.log", **options):
        """`charmux bridge` with these arguments, see Bridge."""
        return self._own(Bridge(self.path(name), *args, **options))

    def run(self, program, *args, seconds=30, **options):
        """Runs charmuxd, charmux or any command to its end; returns it with returncode, stdout and stderr (texts)."""
        path = self.build / program if program in ("charmuxd", "charmux") else program
        return subprocess.run([str(word) for word in (path, *args)], capture_output=True, text=True, timeout=seconds,
                              stdin=subprocess.DEVNULL, **options)

    def guest(self, serials, consoles=None, *, name="guest", **options):
        """A real Linux guest, see Guest: kit.guest({"a": "pty", "b": "unix"})."""
        return self._own(Guest(self.path(name), serials, consoles, **options))

    def unix_chardev(self, name="chardev.sock"):
        return self._own(FakeChardev.unix(self.path(name)))

    def tcp_chardev(self, port=0, host="127.0.0.1"):
        return self._own(FakeChardev.tcp(port, host))

    def pty_chardev(self):
        return self._own(FakeChardev.pty())

    def fake_qmp(self):
        """An emulation of any number of guests' monitors, see FakeQmp."""
        return self._own(FakeQmp())

    def libvirtd(self, name="libvirtd", **options):
        """A real libvirtd of this test's own, without guests, see Libvirtd."""
        return self._own(Libvirtd(self.path(name), **options))

    def virsh_console(self, libvirtd, name, *options):
        """`virsh console NAME` on a terminal of its own, see VirshConsole."""
        return self._own(VirshConsole.of(libvirtd, name, *options))

    def virsh_on_terminal(self, libvirtd, *words):
        """Another virsh command that ends in a console: "start", NAME, "--console"."""
        return self._own(VirshConsole(libvirtd, *words))

    def link(self):
        """A network cable to another machine, see Link."""
        return self._own(Link())

    def telnet(self, place, **options):
        """A scripted telnet client, see TelnetClient."""
        return self._own(TelnetClient(place, **options))

    def raw(self, place, **options):
        """A raw client, see RawClient."""
        return self._own(RawClient(place, **options))

    def on_terminal(self, *argv, **options):
        """A real program on a pty, its output kept byte by byte, see TerminalProcess."""
        return self._own(TerminalProcess(argv, **options))

    def piped(self, *argv):
        """A real program between two pipes, see Piped."""
        return self._own(Piped(argv))

    def read_along(self, read, write, close):
        """A library that is a client, see ReadAlong."""
        return self._own(ReadAlong(read, write, close))

    def terminal(self, *argv, **options):
        """A real program in a terminal emulator, see Terminal."""
        return self._own(Terminal(*argv, **options))

    def reports(self):
        """(title, text) pairs for whoever reads a failure."""
        for thing in self._owned:
            yield from thing.report()

    def close(self):
        """Ends everything. A charmuxd that a test leaves running has to stop as it should, and one that has ended
        without being told to has crashed: both fail the test."""
        wrong = []
        for thing in reversed(self._owned):
            if isinstance(thing, Daemon):
                if thing.process.running():
                    code = thing.stop()
                    wrong += [f"{thing.process.name} stopped with exit code {code}"] if code != 0 else []
                elif not thing.end_expected:
                    wrong.append(thing.process.status())
            thing.close()
        assert not wrong, "; ".join(wrong)
