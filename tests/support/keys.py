# SPDX-License-Identifier: Apache-2.0
"""A viewer's keys: conserver's escape sequence and the commands behind it."""

from charmux_kit import LIVE

ESCAPE = b"\x05c"


def console(kit, *listeners):
    """charmuxd with one console "vm" on a mock of a chardev, and a telnet listener at port 7001."""
    chardev = kit.unix_chardev()
    listen = [word for each in ("telnet:127.0.0.1:7001,console=vm", *listeners) for word in ("--listen", each)]
    daemon = kit.daemon("--console", f"vm={chardev.address}", *listen)
    chardev.accept()
    chardev.write(b"hello\r\n")
    daemon.wait_log("console vm: open")
    return chardev, daemon


def watching(kit, port=7001):
    """A telnet client that sees live output."""
    client = kit.telnet(port)
    client.wait_for(LIVE)
    return client


def press(client, keys):
    """What stands behind the escape sequence."""
    client.type(ESCAPE + keys)


def pressed(client, keys, text, times=1):
    """The same, and waits for its answer, or for the so manieth of these."""
    press(client, keys)
    client.wait_for(lambda data: data.count(text) >= times)


def typed_by(client, chardev, data):
    """Whether what this client types arrives; `data` comes once in a test."""
    client.type(data)
    chardev.wait_for(data)
