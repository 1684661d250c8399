# SPDX-License-Identifier: Apache-2.0
"""A program between two pipes, as a script runs it."""

import subprocess
import threading

from charmux_kit import wait_until
from charmux_kit.process import die_with_parent


class Piped:
    """Runs `argv`; its stderr is the test's. A thread takes its output as it comes."""

    def __init__(self, argv):
        self.argv = [str(word) for word in argv]
        self._child = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
                                       preexec_fn=die_with_parent, start_new_session=True)
        self._output = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        while received := self._child.stdout.read(65536):
            self._output += received

    @property
    def output(self):
        return bytes(self._output)

    def type(self, data):
        self._child.stdin.write(data)

    def end_input(self):
        self._child.stdin.close()

    def wait(self, seconds=None):
        wait_until(lambda: self._child.poll() is not None, f"the end of {' '.join(self.argv)}", seconds)
        self._reader.join()
        return self._child.returncode

    def report(self):
        yield f"the last bytes of {' '.join(self.argv)}", self.output[-1500:].decode(errors="backslashreplace")

    def close(self):
        self._child.kill()
        self._child.wait()
        self._reader.join()
