# SPDX-License-Identifier: Apache-2.0
"""The command prompt of the telnet clients that descend from BSD's, behind their escape key."""

from charmux_kit import wait_until


def at_its_prompt(client, command):
    """^], and that command."""
    shown = len(client.output)
    client.type(b"\x1d")
    wait_until(lambda: client.output[shown:].endswith((b"telnet> ", b"telnet-ssl> ")), lambda: f"telnet's own prompt: {client.output[shown:]!r}")
    client.type(command + b"\r")


def back(client):
    """From that prompt, where the escape key has led, to the console again."""
    wait_until(lambda: client.output.endswith(b"> "), lambda: f"telnet's own prompt: {client.output[-100:]!r}")
    client.type(b"\r")
