# SPDX-License-Identifier: Apache-2.0
"""What is this console, who is here, what did it say last: a viewer's keys answer that viewer alone, and nothing of it
reaches the guest."""

import re

from support import LIVE
from support.keys import console, press, pressed, watching


def test_w_lists_who_is_here(kit):
    console(kit, "telnet:127.0.0.1:7002,console=vm,access=watch", "raw:127.0.0.1:7003,console=vm")
    me, other, raw = watching(kit), watching(kit, 7002), kit.raw(7003)
    press(other, b"s")
    other.wait_for(b"[charmux: you only watch]\r\n")
    for client in (me, other):  # which has been asked for its name, and has told it
        client.wait_for(lambda _, asked=client.commands: any(command[1:3] == bytes([250, 24]) for command in asked))
    me.send_size(132, 50)
    pressed(me, b"w", b"[charmux: vm, 3 watching]\r\n")
    rows = (rb"  127\.0\.0\.1:%d \(you\) +telnet:127\.0\.0\.1:7001 +types +since \d\d:\d\d:\d\d +XTERM 132x50\r\n" %
            me.local_port,
            rb"  127\.0\.0\.1:%d +telnet:127\.0\.0\.1:7002 +spies +since \d\d:\d\d:\d\d +XTERM 80x24\r\n" %
            other.local_port,
            rb"  127\.0\.0\.1:%d +raw:127\.0\.0\.1:7003 +watches +since \d\d:\d\d:\d\d\r\n" % raw.local_port)
    me.wait_for(lambda data: all(re.search(row, data) for row in rows))
    assert b"XTERM 132x50" not in other.data


def test_i_tells_of_the_console(kit):
    chardev, _ = console(kit)
    me = watching(kit)
    press(me, b"i")
    me.wait_for(b"  history ")
    me.wait_for(lambda data: data.split(b"  history ")[1].endswith(b"\r\n"))
    facts = dict(re.findall(r"  (\w+(?: \w+)?)  +(.*)\r\n", me.data.decode().split("[charmux: vm]\r\n")[1]))
    last = facts.pop("last output")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", last)
    assert facts == {"number": "1", "backend": chardev.address, "state": "open", "remarks": "-",
                     "types": f"127.0.0.1:{me.local_port}", "watching": "1",
                     "from guest": "7 bytes, 7 in all its life", "to guest": "0 bytes",
                     "history": "7B of 1MiB, from byte 0"}


def test_v_tells_the_version(kit):
    console(kit)
    version = kit.run("charmuxd", "--version").stdout.split()[1]
    pressed(watching(kit), b"v", f"[charmux: charmuxd {version}]\r\n".encode())


def test_help_lists_every_key(kit):
    """On a screen of 80 columns, none of its lines broken."""
    console(kit)
    me = kit.terminal("telnet", "127.0.0.1", "7001")
    me.wait_for("[charmux: live]")
    me.press("C-e")
    me.type("c?")
    me.wait_for("Enter   nothing")
    screen = me.screen().rstrip("\n").split("\n")
    lines = screen[screen.index("[charmux: keys, each behind ^Ec]") + 1:]
    keys = [key for line in lines for column in (line[2:39], line[39:]) for key in column.strip().split("  ")[0].split()]
    assert keys[:2] == [".", ";"]
    assert {".", ";", "a", "f", "s", "w", "i", "v", "r", "p", "^R", "l0-9", "\\ooo", "d", "o", "b", "exy", "?",
            "Enter"} <= set(keys), me.screen()


def test_enter_does_nothing_and_other_keys_say_that_they_are_none(kit):
    chardev, _ = console(kit)
    me = watching(kit)
    press(me, b"\r")
    pressed(me, b"k", b"[charmux: there is no key ^Eck; ^Ec? lists them]\r\n")
    pressed(me, b"\x01", b"[charmux: there is no key ^Ec^A; ^Ec? lists them]\r\n")
    me.type(b"x")
    assert chardev.wait_for(b"x") == b"x"
    assert me.data.split(LIVE)[1].startswith(b"[charmux: there is no key ^Eck"), "Enter was answered"


def test_what_only_conserver_has_is_answered_with_what_there_is(kit):
    chardev, _ = console(kit)
    me = watching(kit)
    for key in "cgLmnPRuxz!|":
        pressed(me, key.encode(), f"[charmux: ^Ec{key} is not here".encode())
    assert b"[charmux: ^EcP is not here: ^Ecp shows 60 lines, charmux tail -n any number]\r\n" in me.data
    assert chardev.received == b""


def test_answers_are_given_where_notices_are_off(kit):
    console(kit, "telnet:127.0.0.1:7002,console=vm,notices=off")
    me = kit.telnet(7002)
    me.wait_for(b"hello")
    pressed(me, b"w", b"[charmux: vm, 1 watching]\r\n")
