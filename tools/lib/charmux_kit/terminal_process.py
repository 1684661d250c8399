# SPDX-License-Identifier: Apache-2.0
"""A program on a pty of its own, its output kept byte by byte: how an unattended telnet client is run."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import threading

from charmux_kit.process import die_with_parent
from charmux_kit.waiting import wait_until


class TerminalProcess:
    """Runs `argv` as a user's terminal would: session leader, controlling tty, window size. A thread takes its output
    as it comes, so that it is never the one who does not read."""

    def __init__(self, argv, rows=24, columns=80, env=None):
        self.argv = [str(word) for word in argv]
        self._master, slave = pty.openpty()
        self.resize(rows, columns)
        self._child = subprocess.Popen(
            self.argv, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, preexec_fn=self._before_exec,
            env={**os.environ, "TERM": "vt100", **(env or {})})
        os.close(slave)
        self._output = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @staticmethod
    def _before_exec():
        die_with_parent()
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):  # nohup, say, has it ignored by all below it
            signal.signal(number, signal.SIG_DFL)
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def _read(self):
        while True:
            try:
                received = os.read(self._master, 65536)
            except OSError:  # EIO: the last process on the terminal is gone
                return
            if not received:
                return
            self._output += received

    @property
    def output(self):
        """All bytes it has put on its terminal."""
        return bytes(self._output)

    @property
    def pid(self):
        return self._child.pid

    @property
    def exit_code(self):
        return self._child.poll()

    @property
    def modes(self):
        """Those that it has set its terminal to, as termios.tcgetattr() has them."""
        return termios.tcgetattr(self._master)

    def resize(self, rows, columns):
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys):
        """Bytes as the keyboard would send them; Enter is b"\\r"."""
        os.write(self._master, keys)

    def wait_for(self, text, seconds=None):
        """Until its output contains the bytes."""
        wait_until(lambda: text in self.output,
                   lambda: f"{text!r} from {' '.join(self.argv)}; the last it printed: {self.output[-500:]!r}", seconds)

    def wait(self, seconds=None):
        wait_until(lambda: self.exit_code is not None, f"the end of {' '.join(self.argv)}", seconds)
        self._reader.join()
        return self.exit_code

    def report(self):
        yield f"the last bytes at {' '.join(self.argv)}", self.output[-1500:].decode(errors="backslashreplace")

    def close(self):
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGKILL)
            self._child.wait()
        self._reader.join()
        os.close(self._master)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
