# SPDX-License-Identifier: Apache-2.0
"""The shell of a guest of the demo's kernel, as whoever is at its console meets it."""

import pathlib

from charmux_kit import wait_until
from charmux_kit.guest import READY


def booted(data, times=1):
    """Whether its shell has begun that many times by these bytes, and prompts."""
    begun = data.split(READY)
    return len(begun) > times and b"# " in begun[-1]


def wait_booted(client, times=1):
    """Until a client has seen that. (booted() of all it got, history included.)"""
    client.wait_for(lambda data: booted(data, times))


def wait_booted_by_log(path, times=1):
    """Until libvirt's own record of the port shows that, whoever watches."""
    path = pathlib.Path(path)
    wait_until(lambda: path.exists() and booted(path.read_bytes(), times),
               lambda: f"the guest's shell; its log: {path.read_bytes()[-300:] if path.exists() else None!r}")


def answers(client, word):
    """Types at it, and waits for its answer; each word once a client."""
    client.type(f"echo {word}-$((6 * 7))\r".encode())
    client.wait_for(f"\n{word}-42\r\n".encode())
