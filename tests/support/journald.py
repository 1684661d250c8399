# SPDX-License-Identifier: Apache-2.0
"""A journald of the test's own, in its namespaces, and what it was told."""

import json
import pathlib
import shutil
import subprocess

from charmux_kit import wait_until
from charmux_kit.process import Process

STDOUT = pathlib.Path("/run/systemd/journal/stdout")
CONF = "[Journal]\nStorage=volatile\nReadKMsg=no\nAudit=no\nRateLimitBurst=0\nForwardToWall=no\nRuntimeMaxUse=16M\n"
# systemd-cat(1) gives a program journald as its stderr; of $JOURNAL_STREAM, which systemd's own services have, it says nothing.
AS_A_SERVICE = 'JOURNAL_STREAM=$(stat --dereference --format=%d:%i /proc/self/fd/2) exec "$0" "$@"'


class Journald:
    """Runs until it is closed; its journal is below /run, which is the test's own."""

    # What is put before a program so that its stderr is journald, as systemd(1) has it for a service.
    service = ("systemd-cat", "sh", "-c", AS_A_SERVICE)

    def __init__(self, directory):
        conf = pathlib.Path("/run/systemd/journald.conf.d/test.conf")
        conf.parent.mkdir(parents=True)
        conf.write_text(CONF)
        program = shutil.which("systemd-journald", path="/lib/systemd:/usr/lib/systemd")
        self._process = Process("journald", [program], directory / "journald.log")
        wait_until(lambda: STDOUT.is_socket() or not self._process.running(), "journald's sockets")
        assert self._process.running(), self._process.stderr()

    def entries(self, *matches):
        """The events that match ("FIELD=value"...), as dictionaries, the oldest first."""
        return self._ask("SYSLOG_IDENTIFIER=charmuxd", *matches)

    @staticmethod
    def _ask(*matches):
        said = subprocess.run(["journalctl", "--directory", "/run/log/journal", "--output", "json", "--all", "--quiet", *matches],
                              capture_output=True, text=True, timeout=30, check=False).stdout
        return [json.loads(line) for line in said.splitlines()]

    def wait_for(self, *matches):
        """The first event that matches, when it is there."""
        return wait_until(lambda: self.entries(*matches), lambda: f"{matches} in the journal: {self.texts()}")[0]

    def texts(self):
        """All that was said, by whomever."""
        return [entry.get("MESSAGE") for entry in self._ask()]

    def report(self):
        yield "the journal", "\n".join(map(str, self.texts()))

    def close(self):
        self._process.close()
