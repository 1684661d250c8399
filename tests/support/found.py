# SPDX-License-Identifier: Apache-2.0
"""What charmuxd knows of the consoles that it found, for tests of who is who."""

import json
import urllib.parse

from charmux_kit import wait_until


def wait_consoles(daemon, holds, what):
    """Until what charmuxd lists, by name, is so; returns it."""
    found = {}

    def look():
        found.clear()
        found.update(daemon.consoles())
        return holds(found)
    wait_until(look, lambda: f"{what}: {json.dumps(found, indent=1)}")
    return found


def wait_states(daemon, states):
    """Until exactly these are consoles (what has a number), in these states; `states`: name -> state."""
    return wait_consoles(daemon, lambda found: {name: each["state"] for name, each in found.items() if each["number"]} ==
                         states, f"consoles to be {states}")


def numbers(found):
    """name -> (number, ports), of what charmuxd lists."""
    return {name: (each["number"], each["ports"]) for name, each in found.items() if each["number"]}


def history(daemon, name):
    """All that it has kept of a console's output, and the offset at which that begins."""
    headers, text = daemon.get(f"/consoles/{urllib.parse.quote(name, safe='')}/history")
    return int(headers["X-Charmux-Offset"]), text


def says(daemon, guest, name, text, label="ser0"):
    """An emulated guest prints `text`, and charmuxd has it as output of console `name`. For the first text, the whole
    of the history is then that text."""
    wait_until(lambda: guest.chardevs[label].connected, lambda: f"charmuxd at {label} of {name}: {daemon.consoles()}")
    guest.print(text, label)
    wait_until(lambda: history(daemon, name)[1].endswith(text),
               lambda: f"{text!r} to be the last of {name}; {({n: history(daemon, n) for n in numbers(daemon.consoles())})}")


def histories(daemon):
    """name -> history(), of all consoles."""
    return {name: history(daemon, name) for name in numbers(daemon.consoles())}
