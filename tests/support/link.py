# SPDX-License-Identifier: Apache-2.0
"""A network cable (a veth pair) to another machine (a network namespace) in which clients can be made."""

import concurrent.futures
import ctypes
import itertools
import os
import subprocess

from charmux_kit import wait_until
from charmux_kit.process import die_with_parent

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count(1)


def _run(*argv):
    subprocess.run([str(word) for word in argv], check=True, timeout=30, stdin=subprocess.DEVNULL)


class Link:
    """`here` is this end's address, at which charmuxd may listen."""

    def __init__(self):
        number = next(_numbers)
        self.here, self._there = f"10.9.{number}.1", f"10.9.{number}.2"
        self._device = f"near{number}"
        # The other machine is there as long as a process is.
        self._machine = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], preexec_fn=die_with_parent)
        self._space = f"/proc/{self._machine.pid}/ns/net"
        wait_until(lambda: os.readlink(self._space) != os.readlink("/proc/self/ns/net"), "the other machine")
        _run("ip", "link", "add", "name", self._device, "type", "veth",
             "peer", "name", "far", "netns", self._machine.pid)
        _run("ip", "address", "add", f"{self.here}/24", "dev", self._device)
        _run("ip", "link", "set", self._device, "up")
        self._run_there("ip", "address", "add", f"{self._there}/24", "dev", "far")
        self._run_there("ip", "link", "set", "far", "up")

    def _run_there(self, *argv):
        _run("nsenter", f"--net={self._space}", *argv)

    def there(self, make, *args, **options):
        """make(...), in a thread that is on the other machine: a socket that it opens stays there."""
        def made():
            with open(self._space, "rb") as space:
                if _libc.setns(space.fileno(), _CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            return make(*args, **options)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            return pool.submit(made).result()

    def thin_out(self, rate):
        """From now on this end sends no faster; `rate` as tc(8) writes it."""
        _run("tc", "qdisc", "add", "dev", self._device, "root", "tbf", "rate", rate, "burst", "16kb", "latency", "50ms")

    def cut(self):
        """The cable is pulled: nobody is told."""
        self._run_there("ip", "link", "set", "far", "down")

    def report(self):
        shown = subprocess.run(["ip", "-s", "address", "show", "dev", self._device], text=True, capture_output=True,
                               check=False)
        yield f"the link at {self.here}", shown.stdout

    def close(self):
        self._machine.kill()
        self._machine.wait()
