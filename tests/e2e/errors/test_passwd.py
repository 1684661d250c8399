# SPDX-License-Identifier: Apache-2.0
"""Someone gives `charmux passwd` what can be no password: one line says why, nothing is printed, and the exit code is 1. With
a name that can be no user's it does not even ask."""

import pytest

# What is piped in (None: a person types it) | its words | the exact line, and the exit code.
ERRORS = {
    "nothing": ("", [], "charmux: passwd: no password was typed", 1),
    "an empty line": ("\\n", [], "charmux: passwd: the password is empty; type one", 1),
    "one byte too many": ("x" * 257, [], "charmux: passwd: the password has more than 256 bytes; type a shorter one", 1),
    "a NUL byte": ("a\\0b\\n", [], "charmux: passwd: the password has a NUL byte, which nobody could type", 1),
    "a name without letters": ("x", [""], "charmux: passwd: the name of a user has from 1 to 64 bytes", 64),
    "a name that is too long": ("x", ["n" * 65], "charmux: passwd: the name of a user has from 1 to 64 bytes", 64),
    "a name with a line end": ("x", ["on\ncall"], "charmux: passwd: 'on\\x0acall' is no name of a user: it is UTF-8 without "
                               "control characters", 64),
    "two names": ("x", ["a", "b"], "charmux: passwd: unexpected argument 'b'", 64),
    "a socket": ("x", ["--socket", "/s"], "charmux: passwd: unknown option '--socket'; see `charmux passwd --help`", 64),
    "two that differ": (None, [], "charmux: passwd: the two passwords differ; nothing was made, so run it again", 1),
}


@pytest.mark.parametrize("name", ERRORS)
def test_passwd(kit, name):
    typed, words, text, code = ERRORS[name]
    if typed is None:
        person = kit.on_terminal(kit.build / "charmux", "passwd", *words)
        person.wait_for(b"New password: ")
        person.type(b"one\r")
        person.wait_for(b"The same again: ")
        person.type(b"two\r")
        assert person.wait() == code
        assert person.output == f"New password: \r\nThe same again: \r\n{text}\r\n".encode()
        return
    ended = kit.run("sh", "-c", f"printf '{typed}' | \"$@\"", "sh", kit.build / "charmux", "passwd", *words)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "", f"{text}\n")
