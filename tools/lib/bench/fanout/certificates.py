# SPDX-License-Identifier: Apache-2.0
"""Certificates for one row, made by tools/lab-ca in a directory that goes with it."""

import contextlib
import pathlib
import subprocess
import tempfile

from charmux_kit.daemon import REPO


class Lab:
    """An authority: `ca` is its certificate; pairs of a certificate and its key are for a server at 127.0.0.1, and for a
    user."""

    def __init__(self, directory):
        self.ca = directory / "ca.crt"
        self._directory = directory
        self._run("ca")

    def server(self):
        return self._made("server", "127.0.0.1")

    def client(self, user):
        return self._made("client", user)

    def _made(self, kind, name):
        self._run(kind, name)
        return tuple(self._directory / f"{kind}-{name}.{part}" for part in ("crt", "key"))

    def _run(self, *words):
        subprocess.run([REPO / "tools/lab-ca", self._directory, *words], check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def lab():
    with tempfile.TemporaryDirectory(prefix="fan") as name:
        yield Lab(pathlib.Path(name))
