# SPDX-License-Identifier: Apache-2.0
"""Users of a configuration file, and how one logs in."""

import crypt

PASSWORD = "correct horse"


def user(name, *lines, password=PASSWORD, cost="$y$j75$"):
    """[[user]], with that password and these further keys. The hash is a cheap one: tests log in often."""
    return "\n".join(["[[user]]", f'name = "{name}"', f'password = "{crypt.crypt(password, cost + "salt")}"', *lines, ""])


def log_in(client, name, password=PASSWORD):
    """Answers the dialogue of a telnet client."""
    asked = client.data.count(b"charmux login: ")
    client.wait_for(lambda data: data.count(b"charmux login: ") >= max(asked, 1))
    before = client.data.count(b"Password: ")
    client.type(name.encode() + b"\r")
    client.wait_for(lambda data: data.count(b"Password: ") > before)
    client.type(password.encode() + b"\r")
