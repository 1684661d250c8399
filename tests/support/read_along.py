# SPDX-License-Identifier: Apache-2.0
"""A library that is somebody's client, in this process: read all the time, as a terminal would be."""

import threading

from charmux_kit import wait_until


class ReadAlong:
    """`read` returns what has come, waiting for something; nothing, or an exception, is the end."""

    def __init__(self, read, write, close):
        self._read, self.type, self._close = read, write, close
        self._output = bytearray()
        self._end = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            while received := self._read():
                self._output += received
            self._end = "reads nothing"
        except Exception as error:  # whatever a library makes of it
            self._end = f"raises `{type(error).__name__}`"

    @property
    def output(self):
        return bytes(self._output)

    def wait_end(self, seconds=None):
        """How reading has ended."""
        wait_until(lambda: self._end, lambda: f"the end of reading; the last: {self.output[-300:]!r}", seconds)
        return self._end

    def report(self):
        yield "the last bytes that a library has read", self.output[-1500:].decode(errors="backslashreplace")

    def close(self):
        self._close()
