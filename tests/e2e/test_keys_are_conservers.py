# SPDX-License-Identifier: Apache-2.0
"""My hands know conserver. Beside its own client at its own server, ^E is held and let go here as it is there, and each key
that its ^Ec? lists either does the same here or says that it is not here."""

import os
import pathlib
import re
import signal
import subprocess

import pytest
from support import wait_until
from support.keys import console, press, watching

CONFIGURATION = """
config * { }
default full { rw *; }
access * { trusted 127.0.0.1; allowed 127.0.0.1; }
console vm { master localhost; type uds; uds DIR/conserver.sock; rw *; logfile ""; }
"""


def listens(port):
    """Without connecting: conserver would wait for what such a client has to say."""
    return f":{port:04X} 00000000:0000 0A" in pathlib.Path("/proc/net/tcp").read_text()


@pytest.fixture
def theirs(kit):
    """conserver with a console at a mock of a chardev, and its client at it."""
    chardev = kit.unix_chardev("conserver.sock")
    for name, text in ("conserver.cf", CONFIGURATION.replace("DIR", str(kit.directory))), ("conserver.passwd", ""):
        kit.path(name).write_text(text)
    # A session of its own: it has a process for each group of consoles, which outlives it.
    server = subprocess.Popen(
        ["conserver", "-n", "-C", kit.path("conserver.cf"), "-P", kit.path("conserver.passwd"), "-p", "7820", "-b", "7830",
         "-m", "10", "-U", kit.path("conserver.log")], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        chardev.accept()
        for port in (7820, 7830):
            wait_until(lambda port=port: listens(port), f"conserver at port {port}")
        client = kit.on_terminal("console", "-n", "-M", "127.0.0.1", "-p", "7820", "-U", "-l", "bob", "vm")
        client.wait_for(b"[Enter `^Ec?' for help]")
        yield chardev, client
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def test_it_is_held_and_let_go_in_the_same_way(kit, theirs):
    their_chardev, them = theirs
    my_chardev, _ = console(kit)
    me = watching(kit)
    typed = [b"a\x05b", b"\x05\x05x", b"\x05\x05\x05y", b"\x05C", b"\x05c\rz", b"\x05ck1", b"\x05c\\101", b"\x05c\\1x2",
             b"\x05cexyq", b"xyel\x05c", b"c\x05w", b"l\x05x", b"xe\x05cc.c", b"l\x05e\x05c-end"]
    for keys in typed:
        them.type(keys)
        me.type(keys)
    their_chardev.wait_for(b"-end")
    my_chardev.wait_for(b"-end")
    assert my_chardev.received == their_chardev.received
    # The first of two ^E passes, the second begins a command.
    them.type(b"\x05\x05c.")
    me.type(b"\x05\x05c.")
    them.wait_for(b"[disconnect]")
    me.wait_closed()
    assert b"[charmux: disconnected]" in me.data
    assert their_chardev.wait_for(b"-end\x05").endswith(b"-end\x05")
    assert my_chardev.wait_for(b"-end\x05").endswith(b"-end\x05")


def test_every_key_that_it_lists_is_ours_or_not_here(kit, theirs):
    _, them = theirs
    them.type(b"\x05c?")
    them.wait_for(b"by octal code")
    columns = [line[at:at + 39] for line in them.output.decode().split("[help]\r\n")[1].splitlines() if line.startswith(" ")
               for at in (1, 40)]
    listed = [column.split()[0] for column in columns if column.strip()]
    assert len(listed) >= 27, listed
    # What is pressed here for it, and a part of the answer.
    ours = {".": ("\r", ""), ";": (";", "no menu"), "a": ("a", "you type"), "b": ("b\r", "a line to"), "d": ("d", "is put down"),
            "e": ("e\x05c", "keys begin with ^Ec"), "f": ("f", "you type"), "i": ("i", "backend"), "l?": ("l?", "l0"),
            "l0": ("l0", "no break"), "l1-9a-z": ("l9", "no break"), "o": ("o", "opened again"), "p": ("p", "last 60"),
            "r": ("r", "last 20"), "s": ("s\x05ca", "only watch"), "v": ("v", "charmuxd"), "w": ("w", "1 watching"),
            "?": ("?", "keys"), "<cr>": ("\r", ""), "^R": ("\x12", "last line"), "\\ooo": ("\\101", "")}
    assert set(ours) <= set(listed), "all of ours are conserver's"
    chardev, _ = console(kit)
    me = watching(kit)
    for key in listed:
        keys, answer = ours.get(key, (key, f"[charmux: ^Ec{key} is not here"))
        before = len(me.data)
        press(me, keys.encode())
        me.wait_for(lambda data, begin=before, word=answer.encode(): word in data[begin:])
        if key == "o":
            chardev.accept()
    assert chardev.wait_for(b"A") == b"A"


def test_its_list_of_break_sequences_is_ours(kit, theirs):
    _, them = theirs
    them.type(b"\x05cl?")
    them.wait_for(b"\\r\\d~\\d^b")
    their_list = re.findall(r"^ (\d) - (\d+)ms, `(.*)'", them.output.decode().replace("\r", ""), re.M)
    console(kit)
    me = watching(kit)
    press(me, b"l?")
    me.wait_for(b"pause)\r\n")
    mine = re.findall(r"^  l(\d)  (\S+)(?:  \((\d+)ms)?", me.data.decode().replace("\r", ""), re.M)
    assert [(number, text) for number, text, _ in mine] == [(number, text) for number, _, text in their_list]
    assert mine[4][2] == their_list[4][1]
