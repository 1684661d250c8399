# SPDX-License-Identifier: Apache-2.0
"""A charmuxd with state and runtime directories of its own."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import socket

from charmux_kit.process import Process
from charmux_kit.waiting import wait_until

REPO = pathlib.Path(__file__).resolve().parents[3]
READY = re.compile(r"^<6>ready\b.*$", re.MULTILINE)


def build_dir(default="release"):
    """Where the programs under test are: $CHARMUX_BUILD (from the top of the checkout), else build/PRESET."""
    return REPO / os.environ.get("CHARMUX_BUILD", f"build/{default}")


class Daemon:
    """Starts charmuxd with `args` and, unless told otherwise, waits until its log says that all is open."""

    def __init__(self, directory, *args, wait_ready=True, wrap=(), env=None, binary=None):
        self.directory = pathlib.Path(directory)
        self.state_dir = self.directory / "state"
        self.runtime_dir = self.directory / "run"
        self.directory.mkdir(parents=True, exist_ok=True)
        argv = [binary or build_dir() / "charmuxd", "--state-dir", self.state_dir, "--runtime-dir", self.runtime_dir, *args]
        self.process = Process("charmuxd", argv, self.directory / "charmuxd.log", wrap=wrap,
                               env=None if env is None else {**os.environ, **env})
        self.end_expected = False  # set by the three methods that end it or wait for its end
        if wait_ready:
            self.wait_ready()

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        """All it has written on stderr."""
        return self.process.stderr()

    def wait_log(self, pattern, seconds=None):
        """Until a line of the log matches the regular expression; returns the match."""
        return self._wait(re.compile(pattern, re.MULTILINE), f"a log line /{pattern}/", seconds)

    def wait_ready(self, seconds=None):
        return self._wait(READY, "charmuxd's \"ready\"", seconds)

    def _wait(self, pattern, what, seconds):
        def look():
            running = self.process.running()  # asked first: its last words are then in the log that is read next
            match = pattern.search(self.log())
            if not match and not running:
                raise AssertionError(f"{what} never came; {self.process.status()}\n{self.log()}")
            return match
        return wait_until(look, lambda: f"{what}; its log:\n{self.log()}", seconds)

    def stop(self, seconds=10):
        """SIGTERM; returns the exit code."""
        self.end_expected = True
        self.process.signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def kill(self):
        """SIGKILL, as a crash."""
        self.end_expected = True
        self.process.kill()

    def wait_exit(self, seconds=10):
        """Waits for an end that it comes to by itself (a refused start); returns the exit code."""
        self.end_expected = True
        return self.process.wait(seconds)

    def api(self, path):
        """GET on control.sock: api("/status") is what that answers, as Python has JSON."""
        return json.loads(self.get(path)[1])

    def get(self, path):
        """The same: the headers and the bytes of what it answers, which has to be 200."""
        connection = http.client.HTTPConnection("charmux", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(30)
        connection.sock.connect(str(self.runtime_dir / "control.sock"))
        with contextlib.closing(connection):
            connection.request("GET", f"/api/v1{path}")
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 200, (answer.status, text)
            return answer.headers, text

    def consoles(self):
        """What it lists, by name."""
        return {console["name"]: console for console in self.api("/consoles")}

    def resident_kib(self):
        return int(self._proc_status("VmRSS").split()[0])

    def _proc_status(self, key):
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return re.search(rf"^{key}:\s*(.*)$", text, re.MULTILINE).group(1)

    def status(self):
        """What it says of itself: how the process is, and GET /api/v1/status where it answers."""
        return f"{self.process.status()}\n{self._api_status()}"

    def _api_status(self):
        path = self.runtime_dir / "control.sock"
        if not self.process.running() or not path.exists():
            return "(no control.sock)"
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(5)
                connection.connect(str(path))
                connection.sendall(b"GET /api/v1/status HTTP/1.1\r\nHost: charmux\r\nConnection: close\r\n\r\n")
                answer = b""
                while received := connection.recv(65536):
                    answer += received
            return answer.decode(errors="replace")
        except OSError as error:
            return f"control.sock does not answer: {error}"

    def report(self):
        """(title, text) pairs that help whoever reads a failed test."""
        yield "charmuxd", self.status()
        yield "charmuxd's log", self.log()

    def close(self):
        self.process.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
