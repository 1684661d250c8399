# SPDX-License-Identifier: Apache-2.0
"""A user gets a password: `charmux passwd oncall` asks me for it twice, shows nothing of it, and prints what I put into the
file. A script does the same with a line of its own. Whatever ends it, my terminal shows again what I type."""

import ctypes
import os
import re
import signal
import subprocess
import termios

import pytest
from support import wait_until

HASH = r"\$y\$j9T\$[./0-9A-Za-z]{22}\$[./0-9A-Za-z]{43}"


def fits(password, made):
    """What crypt(3) itself says of the hash."""
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    return crypt(password.encode(), made.encode()) == made.encode()


def by_pipe(kit, typed, *words):
    return subprocess.run([kit.build / "charmux", "passwd", *words], input=typed, capture_output=True, timeout=30)


@pytest.fixture
def shell(kit):
    """My shell, its prompt `here> `."""
    me = kit.terminal("env", "PS1=here> ", f"PATH={kit.build}:/usr/bin:/bin", "bash", "--norc", "--noprofile", "-i")
    me.wait_for("here>")
    return me


def say(me, text):
    me.type(text)
    me.press("Enter")


def last_lines(me, count):
    return [line for line in me.screen().split("\n") if line.strip()][-count:]


def assert_echoes_again(me, code):
    say(me, "echo code=$?")
    wait_until(lambda: last_lines(me, 3)[1:] == [f"code={code}", "here>"] and last_lines(me, 3)[0].endswith("echo code=$?"),
               me.screen)


def test_it_asks_twice_and_shows_nothing(kit, shell):
    say(shell, f"charmux passwd oncall >{kit.path('made')}; clear")
    shell.wait_for("New password:")
    say(shell, "open sesame")
    shell.wait_for("The same again:")
    assert "sesame" not in shell.screen()
    say(shell, "open sesame")
    wait_until(lambda: last_lines(shell, 9) == ["here>"], shell.screen)
    text = kit.path("made").read_text()
    made = re.fullmatch(rf'\[\[user\]\]\nname = "oncall"\npassword = "({HASH})"\n', text)
    assert made, text
    assert fits("open sesame", made[1]) and not fits("open sesam", made[1])
    assert_echoes_again(shell, 0)


def test_the_two_have_to_be_the_same(shell):
    say(shell, "charmux passwd oncall")
    shell.wait_for("New password:")
    say(shell, "one")
    shell.wait_for("The same again:")
    say(shell, "two")
    shell.wait_for("charmux: passwd: the two passwords differ; nothing was made, so run it again")
    assert "[[user]]" not in shell.screen()
    assert_echoes_again(shell, 1)


@pytest.mark.parametrize("keys, told, code", [(["Enter"], "the password is empty; type one", 1),
                                              (["C-d"], "no password was typed", 1), (["C-c"], "", 130), (["C-\\"], "", 131)])
def test_what_ends_it_leaves_a_terminal_that_echoes(shell, keys, told, code):
    say(shell, "charmux passwd")
    shell.wait_for("New password:")
    shell.press(*keys)
    shell.wait_for(told)
    wait_until(lambda: last_lines(shell, 1) == ["here>"], shell.screen)
    assert "The same again" not in shell.screen()
    assert_echoes_again(shell, code)


def echoes(terminal):
    return bool(terminal.modes[3] & termios.ECHO)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_on_a_terminal_that_echoes(kit, number):
    """Where there is no shell that would mend the terminal."""
    asking = kit.on_terminal(kit.build / "charmux", "passwd")
    asking.wait_for(b"New password: ")
    assert not echoes(asking)
    os.kill(asking.pid, number)
    assert asking.wait() == -number
    assert echoes(asking)


def test_a_stop_leaves_a_terminal_that_echoes_until_it_goes_on(kit):
    asking = kit.on_terminal(kit.build / "charmux", "passwd")
    asking.wait_for(b"New password: ")
    os.kill(asking.pid, signal.SIGTSTP)
    wait_until(lambda: echoes(asking), "a terminal that echoes")
    os.kill(asking.pid, signal.SIGCONT)
    asking.wait_for(b"New password: New password: ")
    assert not echoes(asking)


def test_it_may_be_put_aside_meanwhile(shell):
    say(shell, "charmux passwd")
    shell.wait_for("New password:")
    shell.press("C-z")
    shell.wait_for("Stopped")
    say(shell, "echo mine")
    wait_until(lambda: last_lines(shell, 3) == ["here> echo mine", "mine", "here>"], shell.screen)
    say(shell, "fg")
    wait_until(lambda: last_lines(shell, 1) == ["New password:"], shell.screen)
    say(shell, "hidden")
    shell.wait_for("The same again:")
    say(shell, "hidden")
    shell.wait_for('password = "$y$')
    assert "hidden" not in shell.screen()


def test_a_script_gives_it_one_line(kit):
    for typed in (b"secret\n", b"secret", b"secret\nand more\n"):
        ended = by_pipe(kit, typed)
        assert (ended.returncode, ended.stderr) == (0, b"")
        made = re.fullmatch(rf'password = "({HASH})"\n', ended.stdout.decode())
        assert made and fits("secret", made[1])
    assert by_pipe(kit, b"secret\n").stdout != by_pipe(kit, b"secret\n").stdout


def test_any_byte_but_nul_may_be_in_it(kit):
    typed = " ü\t\x7f\\\"'$ "
    made = re.search(HASH, by_pipe(kit, typed.encode() + b"\n").stdout.decode())
    assert fits(typed, made[0])


def test_the_longest_is_of_256_bytes(kit):
    made = re.search(HASH, by_pipe(kit, b"x" * 256 + b"\n").stdout.decode())
    assert fits("x" * 256, made[0])


def test_a_name_with_quotes_is_toml(kit):
    ended = by_pipe(kit, b"secret\n", 'o"n\\call é')
    assert ended.stdout.decode().startswith('[[user]]\nname = "o\\"n\\\\call é"\npassword = "$y$')
