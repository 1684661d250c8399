# SPDX-License-Identifier: Apache-2.0
"""A charmuxd whose configuration file a test changes."""

import signal

from charmux_kit import wait_until


class Configured:
    """charmuxd with that file and nothing else."""

    def __init__(self, kit, text, **options):
        self.file = kit.path("charmux.toml")
        self.file.write_text(text)
        self.daemon = kit.daemon("--config", self.file, **options)

    def reload(self, text=None):
        """Changes the file, if a text is given, and reloads: what the log says of that, up to its end."""
        if text is not None:
            self.file.write_text(text)
        before = len(self.daemon.log())

        def outcome():
            log = self.daemon.log()[before:]
            over = "<6>reloaded: " in log or "not reloaded: " in log
            return log if over and log.endswith("\n") else None
        self.daemon.process.signal(signal.SIGHUP)
        return wait_until(outcome, "the reload to be over")


def listen(address, **keys):
    return "[[listen]]\n" + f'address = "{address}"\n' + "".join(f"{key} = {value}\n" for key, value in keys.items())


def console(name, backend, **keys):
    return (f'[[console]]\nname = "{name}"\nbackend = "{backend}"\n' +
            "".join(f"{key} = {value}\n" for key, value in keys.items()))
