# SPDX-License-Identifier: Apache-2.0
"""journald takes the level of each line from its prefix. Whatever a console is called, and whatever happens to it, an
event is one line; and neither log nor notice holds a byte that moves a cursor."""

import re

from support import LIVE, wait_until

NAME = "köns\x1b[2J\n<3>fake\x07\r\x7f\u0085\udcff"
SHOWN = "köns\\x1b[2J\\x0a<3>fake\\x07\\x0d\\x7f\\xc2\\x85\\xff"


def test_any_name_is_one_line(kit):
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--log-level", "debug", "--console", f"{NAME}={chardev.address}",
                        "--listen", f"telnet:127.0.0.1:7001,console={NAME}")
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    chardev.accept().write(b"\x1b[31mthe guest's own\r\n")
    viewer.wait_for(b"own\r\n")
    chardev.hang_up()
    viewer.wait_for(b"is shut off; waiting]")
    viewer.close()
    daemon.wait_log(r" left: ")
    assert daemon.stop() == 0

    log = daemon.log()
    assert log.endswith("\n")
    lines = log.splitlines()
    assert [line for line in lines if not re.match(r"<[3467]>[^\x00-\x1f\x7f-\x9f]+$", line)] == []
    assert f"<6>console {SHOWN}: open: connected, nothing heard yet" in lines
    hello = re.match(rb"\[charmux: (.*), 1 watching, you type[^\r\n]*\]\r\n", viewer.data)
    assert hello and hello.group(1).decode() == SHOWN
    assert all(b"\x1b" not in line for line in viewer.data.split(b"\r\n") if line.startswith(b"[charmux: "))


def test_the_level_chooses_what_is_said(kit):
    for level, numbers in (("error", ""), ("warn", "4"), ("info", "46"), ("debug", "467")):
        door = kit.path(level)
        daemon = kit.daemon("--log-level", level, "--console", "vm=unix:/run/nothing.sock", "--listen",
                            f"telnet:{door},console=vm", name=f"{level}-daemon", wait_ready=False)
        viewer = wait_until(lambda: listening(kit, door), "the listener")
        viewer.wait_for(LIVE)
        viewer.close()
        assert daemon.stop() == 0
        assert "".join(sorted(set(re.findall(r"^<(\d)>", daemon.log(), re.MULTILINE)))) == numbers, level


def listening(kit, door):
    """A viewer, once it is let in: a charmuxd that logs nothing does not say when it is ready."""
    try:
        return kit.telnet(door)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
