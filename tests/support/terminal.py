# SPDX-License-Identifier: Apache-2.0
"""A program in a real terminal emulator (tmux): what a person would see on the screen."""

import itertools
import os
import pathlib
import signal
import subprocess

from charmux_kit import wait_until

_numbers = itertools.count()


class Terminal:
    """Starts `argv` in a tmux of its own; its screen stays when it has ended. (For the bytes before a terminal makes
    a screen of them, use TerminalProcess.)"""

    def __init__(self, *argv, columns=80, rows=24):
        self.argv = [str(word) for word in argv]
        self._name = f"charmux-test-{next(_numbers)}"
        self._tmux("-f", "/dev/null", "start-server", ";", "set-option", "-g", "remain-on-exit", "on", ";",
                   "set-option", "-g", "status", "off", ";",
                   "new-session", "-d", "-x", str(columns), "-y", str(rows), "--", *self.argv)

    def _tmux(self, *words):
        return subprocess.run(["tmux", "-L", self._name, *words], check=True, capture_output=True, text=True).stdout

    def screen(self, colours=False):
        """The lines on the screen, joined; trailing spaces are tmux's to drop."""
        return self._tmux("capture-pane", "-p", *(["-e"] if colours else []))

    def type(self, text):
        """The characters as they are."""
        if text.endswith(";"):  # which tmux would take for the end of its command
            text = text[:-1] + "\\;"
        self._tmux("send-keys", "-l", "--", text)

    def press(self, *keys):
        """Keys by tmux's names: "Enter", "C-c", "C-]", "Up"."""
        self._tmux("send-keys", "--", *keys)

    def resize(self, columns, rows):
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def wait_for(self, text, seconds=None):
        """Until the text stands on the screen."""
        wait_until(lambda: text in self.screen(),
                   lambda: f"{text!r} on the screen of {' '.join(self.argv)}:\n{self.screen()}", seconds)

    @property
    def exit_code(self):
        """None while it runs."""
        words = self._tmux("display-message", "-p", "#{pid} #{pane_pid} #{pane_dead} #{pane_dead_status}").split()
        server, pane, dead, code = [*words, None][:4]
        if dead == "1" and code is not None:
            return int(code)
        # tmux 3.3 misses a SIGCHLD now and then, and leaves a zombie behind.
        if pathlib.Path(f"/proc/{pane}/stat").exists() and \
                pathlib.Path(f"/proc/{pane}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            os.kill(int(server), signal.SIGCHLD)
        return None

    def wait(self, seconds=None):
        wait_until(lambda: self.exit_code is not None, f"the end of {' '.join(self.argv)}", seconds)
        return self.exit_code

    def report(self):
        try:
            screen = self.screen()
        except subprocess.CalledProcessError as error:
            screen = f"(no screen: {error.stderr})"
        yield f"the screen of {' '.join(self.argv)}", screen

    def close(self):
        subprocess.run(["tmux", "-L", self._name, "kill-server"], capture_output=True, check=False)
