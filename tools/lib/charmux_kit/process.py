# SPDX-License-Identifier: Apache-2.0
"""A child process whose stderr is kept in a file, and which never outlives its owner."""

import ctypes
import os
import signal
import subprocess

from charmux_kit.waiting import wait_until

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def die_with_parent():
    """In a child before exec: the kernel kills it when the process that started it ends, whatever ends that."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """One running program. Owned by the caller, who closes it (`with`, or close())."""

    def __init__(self, name, argv, stderr_path, *, env=None, cwd=None, pass_fds=(), stdin=subprocess.DEVNULL, wrap=()):
        """`wrap` is put before argv (prlimit, strace...); what it starts must be an exec."""
        self.name = name
        self.argv = [str(word) for word in (*wrap, *argv)]
        self.stderr_path = stderr_path
        with open(stderr_path, "ab") as stderr:
            self._stderr_begin = stderr.tell()  # an earlier process may have written there
            self._child = subprocess.Popen(
                self.argv, stdin=stdin, stdout=stderr, stderr=stderr, env=env, cwd=cwd, pass_fds=pass_fds,
                preexec_fn=die_with_parent, start_new_session=True)

    @property
    def pid(self):
        return self._child.pid

    @property
    def exit_code(self):
        """None while it runs; negative: the signal that ended it."""
        return self._child.poll()

    def running(self):
        return self.exit_code is None

    def stderr(self):
        with open(self.stderr_path, "rb") as file:
            file.seek(self._stderr_begin)
            return file.read().decode(errors="replace")

    def signal(self, number):
        if self.running():
            self._child.send_signal(number)

    def kill(self):
        """SIGKILL, and waits until it is gone."""
        self.signal(signal.SIGKILL)
        self._child.wait()

    def wait(self, seconds=None):
        """Waits for its end and returns the exit code."""
        wait_until(lambda: not self.running(), f"the end of {self.name} (pid {self.pid})", seconds)
        return self.exit_code

    def open_files(self):
        """What its descriptors point at, as /proc names it."""
        found = []
        for fd in os.listdir(f"/proc/{self.pid}/fd"):
            try:
                found.append(os.readlink(f"/proc/{self.pid}/fd/{fd}"))
            except FileNotFoundError:
                pass  # closed while we looked
        return found

    def status(self):
        """One line for a report: running, or how it ended."""
        code = self.exit_code
        if code is None:
            return f"{self.name}: running, pid {self.pid}"
        if code < 0:
            return f"{self.name}: ended by {signal.Signals(-code).name}"
        return f"{self.name}: exit code {code}"

    def close(self):
        self.kill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
